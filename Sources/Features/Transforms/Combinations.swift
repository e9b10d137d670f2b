internal import Contracts
internal import Primitives

// How features become one: ENGINEERED_FEATURES.
extension TransformCatalogue {
    /// In the order in which lists show them.
    public static let combinations: [TransformDefinition] = [
        combination("sum", "sum of the inputs", 2...64) { _ in Combination(kind: .sum) },
        combination("mean", "mean of the inputs", 2...64) { _ in Combination(kind: .mean) },
        combination("difference", "first - second", 2...2) { _ in Combination(kind: .difference) },
        combination("ratio", "first / second; NaN where the second is 0", 2...2) { _ in Combination(kind: .ratio) },
        combination("product", "product of the inputs", 2...64) { _ in Combination(kind: .product) },
        combination("min", "smallest input", 2...64) { _ in Combination(kind: .smallest) },
        combination("max", "largest input", 2...64) { _ in Combination(kind: .largest) },
        combination(
            "linear", "intercept + sum of weight x input", 1...64,
            [
                ParameterSpec("weights", .numberArray, "one number an input"),
                .number("intercept", default: 0, "added to the sum"),
            ]
        ) { parameters in
            let weights = parameters.numbers("weights")
            guard weights.count == parameters.columns else {
                throw parameters.refusal("weights", "has \(weights.count) numbers for \(parameters.columns) inputs")
            }
            return Combination(kind: .linear, weights: weights, intercept: parameters.double("intercept"))
        },
        combination(
            "conditional", "the second input where the first is above `above`, the third (0 where there is none) elsewhere",
            2...3,
            [.number("above", default: 0, "level of the first input")]
        ) { Combination(kind: .conditional, intercept: $0.double("above")) },
        combination(
            "confirmation",
            "mean of the inputs where at least `agree` of them have its sign, 0 elsewhere: signals count only together", 2...64,
            [.rows("agree", atLeast: 1, default: 2, "inputs that must have the sign of the mean")]
        ) { Combination(kind: .confirmation, intercept: Double($0.int("agree"))) },
        TransformDefinition(
            "rank_mean", .normalisation, inputs: [.column("x")], repeats: 1...64,
            "mean over the inputs of each one's percentile rank among its own last window rows", source: "rank combination",
            units: "fraction", parameters: [.window(atLeast: 2)], warmUp: { $0.window - 1 },
            kernel: { RankMean(window: $0.window, inputs: $0.columns) }),
    ]

    public static func combination(_ name: String) -> TransformDefinition? { combinations.first { $0.name == name } }

    private static func combination(
        _ name: String, _ formula: String, _ count: ClosedRange<Int>, _ parameters: [ParameterSpec] = [],
        kernel: @escaping @Sendable (TransformParameters) throws -> any Kernel
    ) -> TransformDefinition {
        TransformDefinition(
            name, .basics, inputs: [.column("x")], repeats: count, formula, source: "arithmetic", units: "as the inputs",
            parameters: parameters, warmUp: { _ in 0 }, kernel: kernel)
    }
}

/// A function of one row of inputs. Any missing input makes it NaN.
private struct Combination: Kernel {
    enum Kind: Sendable { case sum, mean, difference, ratio, product, smallest, largest, linear, conditional, confirmation }

    let kind: Kind
    var weights: [Double] = []
    /// The constant of the kind: an intercept, a level, a count.
    var intercept = 0.0

    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        for row in 0..<rows.count { output[row] = value(rows, row) }
    }

    private func value(_ rows: KernelRows, _ row: Int) -> Double {
        func fold(_ start: Double, _ step: (Double, Double) -> Double) -> Double {
            var result = start
            for column in 0..<rows.width {
                let x = rows[column][row]
                if x.isNaN { return .nan }
                result = step(result, x)
            }
            return result
        }
        switch kind {
        case .sum: return fold(0, +)
        case .mean: return fold(0, +) / Double(rows.width)
        case .difference: return rows[0][row] - rows[1][row]
        case .ratio: return rows[1][row] == 0 ? .nan : rows[0][row] / rows[1][row]
        case .product: return fold(1, *)
        case .smallest: return fold(.infinity) { min($0, $1) }
        case .largest: return fold(-.infinity) { max($0, $1) }
        case .linear:
            var sum = intercept
            for column in 0..<rows.width { sum += weights[column] * rows[column][row] }
            return sum
        case .conditional:
            let condition = rows[0][row]
            if condition.isNaN { return .nan }
            return condition > intercept ? rows[1][row] : rows.width == 3 ? rows[2][row] : 0
        case .confirmation:
            let mean = fold(0, +) / Double(rows.width)
            let agreeing = (0..<rows.width).count { rows[$0][row] * mean > 0 }
            return mean.isNaN ? .nan : Double(agreeing) >= intercept ? mean : 0
        }
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct RankMean: Kernel {
    private var windows: [SortedWindow]

    init(window: Int, inputs: Int) { windows = (0..<inputs).map { _ in SortedWindow(window: window) } }

    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        for row in 0..<rows.count {
            var sum = 0.0
            for column in windows.indices {
                let x = rows[column][row]
                windows[column].add(x)
                // Equal values share the mean of their ranks.
                let ranks = Double(windows[column].lowerBound(x) + windows[column].upperBound(x) + 1) / 2
                sum += windows[column].isComplete ? ranks / Double(windows[column].window) : .nan
            }
            output[row] = sum / Double(windows.count)
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        for index in windows.indices { windows[index].archive(&archive) }
    }
}
