internal import Glibc
import Primitives

/// A Hawkes process with exponential kernel and unit mean rate, simulated exactly (Dassios and Zhao, "Exact simulation of
/// Hawkes process with exponentially decaying intensity", 2013).
struct SelfExcitingArrivals {
    /// Share of events that earlier events cause.
    private static let branching = 0.7
    /// Decay of an event's influence per unit of expected-event time.
    private static let decay = 0.2
    private static let base = 1 - branching
    /// Intensity above the base rate.
    private var excess = branching

    /// Time to the next event; mean 1.
    mutating func nextGap(_ random: inout SeededGenerator) -> Double {
        var gap = random.nextExponential(mean: 1 / Self.base)
        if excess > 0 {
            let remaining = 1 - random.nextExponential(mean: 1) * Self.decay / excess
            if remaining > 0 { gap = min(gap, -log(remaining) / Self.decay) }
        }
        excess = excess * exp(-Self.decay * gap) + Self.branching * Self.decay
        return gap
    }
}

/// Signs of orders that are slices of a few hidden larger orders.
struct MetaorderSigns {
    private static let active = 6
    private var sign = [Double](repeating: 0, count: active)
    private var left = [Int](repeating: 0, count: active)
    private var current = 0
    /// What the market expects of the next sign: a moving average of the past ones.
    private var expected = 0.0
    /// The last sign minus what was expected.
    private(set) var surprise = 0.0

    init(random: inout SeededGenerator) {
        for index in 0..<Self.active { renew(index, &random) }
    }

    /// +1 buy, -1 sell.
    mutating func next(_ random: inout SeededGenerator) -> Double {
        if random.nextUnit() < 0.6 { current = Int(random.next() % UInt64(Self.active)) }
        if left[current] == 0 { renew(current, &random) }
        left[current] -= 1
        surprise = sign[current] - expected
        expected += 0.05 * surprise
        return sign[current]
    }

    /// A new larger order: either side, length with a Pareto tail of exponent 1.5, at most 20,000 slices.
    private mutating func renew(_ index: Int, _ random: inout SeededGenerator) {
        sign[index] = random.next() >> 63 == 0 ? 1 : -1
        let tail = Double.maximum(random.nextUnit(), 1e-9)
        left[index] = Int(min(20_000, power(tail, -1 / 1.5)))
    }
}
