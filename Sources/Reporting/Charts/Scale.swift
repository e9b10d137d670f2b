internal import Glibc

/// A value axis: from values to 0 (bottom) ... 1 (top), with round tick values.
struct Scale {
    let low: Double
    let high: Double
    let ticks: [Double]
    let step: Double

    /// Covers `values` (those that are finite) and `including`, with ticks at about `count` multiples of 1, 2, 2.5 or 5 x 10^k.
    init(_ values: some Sequence<Double>, including: [Double] = [], count: Int = 5) {
        var low = Double.infinity
        var high = -Double.infinity
        for value in values where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        for value in including {
            low = min(low, value)
            high = max(high, value)
        }
        if !(low <= high) { (low, high) = (0, 1) }
        if high - low <= 1e-12 * max(abs(low), abs(high)) {
            let margin = low == 0 ? 1 : abs(low) * 0.01
            (low, high) = (low - margin, high + margin)
        }
        let rough = (high - low) / Double(count)
        let power = pow(10, floor(log10(rough)))
        let step = ([1, 2, 2.5, 5].first { $0 * power >= rough * 0.9999 } ?? 10) * power
        // The axis ends at the data, a little air added; ticks are the multiples inside.
        let air = (high - low) * 0.04
        self.low = including.contains(low) ? low : low - air
        self.high = including.contains(high) ? high : high + air
        self.step = step
        var ticks: [Double] = []
        var multiple = (self.low / step).rounded(.up)
        while multiple * step <= self.high + step * 1e-9, ticks.count < 20 {
            ticks.append(multiple == 0 ? 0 : multiple * step)
            multiple += 1
        }
        self.ticks = ticks
    }

    func position(_ value: Double) -> Double { (value - low) / (high - low) }
}
