public import Contracts

extension CostProfile {
    /// Commission and fees of one fill, account currency, >= 0.
    /// - Parameters:
    ///   - quantity: units; the sign does not matter.
    ///   - price: the fill price.
    ///   - multiplier: currency per price unit and unit of quantity.
    public func commission(quantity: Double, price: Double, multiplier: Double) -> Double {
        let units = quantity.magnitude
        let base: Double
        switch commission.model {
        case .none: return feePerUnit * units
        case .perUnit: base = commission.value * units
        case .perOrder: base = commission.value
        case .percent: base = commission.value * units * price.magnitude * multiplier
        }
        return max(base, commission.minimum) + feePerUnit * units
    }
}
