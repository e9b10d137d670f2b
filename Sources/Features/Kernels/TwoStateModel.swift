internal import Glibc

/// Normal values whose mean and variance depend on a hidden state, low or high, that changes now and then.
struct TwoStateModel: Sendable {
    struct State: Sendable {
        var mean: Double
        var variance: Double
        /// Probability of the same state at the next row.
        var stay: Double
    }

    var low: State
    var high: State

    init(low: State, high: State) {
        self.low = low
        self.high = high
    }

    init(_ parameters: TransformParameters) {
        func state(_ name: String) -> State {
            let deviation = parameters.double("volatility_" + name)
            return State(
                mean: parameters.double("mean_" + name), variance: deviation * deviation, stay: parameters.double("stay_" + name))
        }
        self.init(low: state("low"), high: state("high"))
    }

    /// Probability of the high state where nothing is known; a half where neither state is ever left.
    var stationary: Double {
        let enters = 1 - low.stay, leaves = 1 - high.stay
        return enters + leaves > 0 ? enters / (enters + leaves) : 0.5
    }

    /// Probability of the high state at the next row.
    @inline(__always) func predicted(_ probability: Double) -> Double {
        probability * high.stay + (1 - probability) * (1 - low.stay)
    }

    /// What values say of the states.
    var evidence: TwoStateEvidence { TwoStateEvidence(self) }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&low.mean)
        archive.value(&low.variance)
        archive.value(&low.stay)
        archive.value(&high.mean)
        archive.value(&high.variance)
        archive.value(&high.stay)
    }
}

/// The part of Bayes' rule that a model fixes, made once for many values.
struct TwoStateEvidence: Sendable {
    private let offset: Double
    private let low: (mean: Double, weight: Double)
    private let high: (mean: Double, weight: Double)

    init(_ model: TwoStateModel) {
        offset = log(model.high.variance / model.low.variance) / 2
        low = (model.low.mean, 0.5 / model.low.variance)
        high = (model.high.mean, 0.5 / model.high.variance)
    }

    /// Probability of the high state after a value.
    @inline(__always) func updated(_ probability: Double, _ x: Double) -> Double {
        if probability == 1 { return 1 }
        let fromLow = x - low.mean, fromHigh = x - high.mean
        // Density in the low state / density in the high one.
        let odds = exp(offset - fromLow * fromLow * low.weight + fromHigh * fromHigh * high.weight)
        return probability / (probability + (1 - probability) * odds)
    }
}

extension TwoStateModel {
    /// Expectation-maximisation on some values; see `hmm_two_state` for its start and bounds.
    /// - Returns: nil where the values are all equal or one is missing.
    static func fitted(to values: UnsafeBufferPointer<Double>, iterations: Int) -> TwoStateModel? {
        let count = Double(values.count)
        var mean = 0.0, squares = 0.0
        for x in values { mean += x }
        mean /= count
        for x in values { squares += (x - mean) * (x - mean) }
        let variance = squares / count
        guard variance > 0, values.contains(where: { $0 != values[0] }) else { return nil }
        var model = TwoStateModel(
            low: State(mean: mean, variance: variance / 2, stay: 0.95),
            high: State(mean: mean, variance: 2 * variance, stay: 0.95))
        var work = Work(count: values.count)
        for _ in 0..<iterations { model.improve(values, floor: 1e-6 * variance, &work) }
        if model.low.variance > model.high.variance { swap(&model.low, &model.high) }
        return model
    }

    /// Probabilities of the high state, row by row.
    private struct Work {
        var predicted: [Double]
        var filtered: [Double]
        var smoothed: [Double]

        init(count: Int) {
            predicted = [Double](repeating: 0, count: count)
            filtered = predicted
            smoothed = predicted
        }
    }

    private mutating func improve(_ values: UnsafeBufferPointer<Double>, floor: Double, _ work: inout Work) {
        let evidence = evidence
        var probability = stationary
        for row in values.indices {
            if row > 0 { probability = predicted(probability) }
            work.predicted[row] = probability
            probability = evidence.updated(probability, values[row])
            work.filtered[row] = probability
        }
        // Kim's smoother; sums over neighbouring rows of the probability of staying high, or low.
        let last = values.count - 1
        work.smoothed[last] = work.filtered[last]
        var staysHigh = 0.0, staysLow = 0.0, fromHigh = 0.0
        for row in stride(from: last - 1, through: 0, by: -1) {
            let next = work.smoothed[row + 1], expected = work.predicted[row + 1], now = work.filtered[row]
            let toHigh = next / expected, toLow = (1 - next) / (1 - expected)
            let highHigh = now * high.stay * toHigh
            work.smoothed[row] = highHigh + now * (1 - high.stay) * toLow
            staysHigh += highHigh
            staysLow += (1 - now) * low.stay * toLow
            fromHigh += work.smoothed[row]
        }
        high = Self.estimate(values, work.smoothed, of: high, stays: staysHigh, departures: fromHigh, floor)
        for row in work.smoothed.indices { work.smoothed[row] = 1 - work.smoothed[row] }
        low = Self.estimate(values, work.smoothed, of: low, stays: staysLow, departures: Double(last) - fromHigh, floor)
    }

    /// - Parameters:
    ///   - weights: probability of the state at each row.
    ///   - departures: sum of the weights but the last.
    private static func estimate(
        _ values: UnsafeBufferPointer<Double>, _ weights: [Double], of state: State, stays: Double, departures: Double,
        _ floor: Double
    ) -> State {
        var total = 0.0, mean = 0.0, squares = 0.0
        for row in values.indices {
            total += weights[row]
            mean += weights[row] * values[row]
        }
        // A state that explains no row keeps its parameters.
        guard total > 0, departures > 0 else { return state }
        mean /= total
        for row in values.indices { squares += weights[row] * (values[row] - mean) * (values[row] - mean) }
        return State(mean: mean, variance: max(floor, squares / total), stay: min(1 - 1e-6, max(1e-6, stays / departures)))
    }
}
