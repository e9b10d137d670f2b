public import Contracts

extension GateExpression {
    /// Three-valued logic after Kleene: a comparison with a value that is missing (NaN) is unknown (nil).
    /// - Parameter value: the value of a feature at the decision.
    public func evaluate(_ value: (String) throws -> Double) rethrows -> Bool? {
        switch self {
        case .comparison(let feature, let comparison, let number):
            let known = try value(feature)
            return known.isNaN ? nil : comparison.holds(known, number)
        case .and(let left, let right):
            let a = try left.evaluate(value)
            let b = try right.evaluate(value)
            if a == false || b == false { return false }
            return a == true && b == true ? true : nil
        case .or(let left, let right):
            let a = try left.evaluate(value)
            let b = try right.evaluate(value)
            if a == true || b == true { return true }
            return a == false && b == false ? false : nil
        case .not(let inner): return try inner.evaluate(value).map { !$0 }
        }
    }
}
