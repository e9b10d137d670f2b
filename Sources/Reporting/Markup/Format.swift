import Primitives

/// Numbers as people read them. The minus is U+2212, thousands are set off by commas, and what is not defined is an en dash.
enum Format {
    static let undefined = "\u{2013}"

    static func fixed(_ value: Double?, _ decimals: Int, signed: Bool = false) -> String {
        guard let value, value.isFinite else { return undefined }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 0x1p53 else { return (value < 0 ? "\u{2212}" : "") + abs(value).description }
        let digits = String(Int64(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let text = grouped(String(padded.dropLast(decimals))) + (decimals > 0 ? "." + padded.suffix(decimals) : "")
        if scaled == 0 { return text }
        return value < 0 ? "\u{2212}" + text : (signed ? "+" + text : text)
    }

    /// A fraction as a percentage.
    static func percent(_ fraction: Double?, _ decimals: Int = 2, signed: Bool = false) -> String {
        guard let fraction, fraction.isFinite else { return undefined }
        return fixed(fraction * 100, decimals, signed: signed) + "%"
    }

    /// Account currency: cents below 10,000, whole units above.
    static func money(_ value: Double?, signed: Bool = false) -> String {
        fixed(value, abs(value ?? 0) < 10_000 ? 2 : 0, signed: signed)
    }

    /// A price: as many decimals as six significant digits need, at least two.
    static func price(_ value: Double) -> String {
        let size = abs(value)
        return fixed(value, size >= 100 || size == 0 ? 2 : (size >= 1 ? 4 : 6))
    }

    /// Five significant digits; sizes below a billionth or from 10^15 on as a power of ten.
    static func significant(_ value: Double?) -> String {
        guard let value, value.isFinite else { return undefined }
        var (size, exponent) = (abs(value), 0)
        while size >= 10, exponent < 400 { (size, exponent) = (size / 10, exponent + 1) }
        while size > 0, size < 1, exponent > -400 { (size, exponent) = (size * 10, exponent - 1) }
        if value == 0 { return "0" }
        if exponent < -9 || exponent >= 15 { return (value < 0 ? "\u{2212}" : "") + fixed(size, 4) + "e\(exponent)" }
        return fixed(value, max(0, 4 - exponent))
    }

    /// An axis label such as 1.25M. `largest` is the size of the axis's largest value and decides about the unit, `step` is the
    /// distance between the labels and decides about the decimals.
    static func compact(_ value: Double, largest: Double, step: Double) -> String {
        let size = largest
        let (unit, suffix) = size >= 1e9 ? (1e9, "B") : (size >= 1e6 ? (1e6, "M") : (size >= 1e4 ? (1e3, "k") : (1, "")))
        return value == 0 ? "0" : fixed(value / unit, decimals(for: step / unit)) + suffix
    }

    /// An axis label of a fraction in percent.
    static func axisPercent(_ fraction: Double, step: Double) -> String {
        fraction == 0 ? "0%" : percent(fraction, decimals(for: step * 100))
    }

    /// Decimals that tell multiples of `step` apart, at most six.
    static func decimals(for step: Double) -> Int {
        var decimals = 0
        var scaled = step
        while decimals < 6, abs(scaled - scaled.rounded()) > 1e-6 * abs(scaled) {
            scaled *= 10
            decimals += 1
        }
        return decimals
    }

    static func date(_ time: UnixNanos, withTime: Bool) -> String {
        let text = time.description
        return withTime ? text.prefix(10) + " " + text.dropFirst(11).prefix(5) : String(text.prefix(10))
    }

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func grouped(_ digits: String) -> String {
        var out: [Character] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return String(out)
    }
}
