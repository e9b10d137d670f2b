import Glibc
import Primitives
import Testing

struct DecimalNumberTests {
    private func read(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { Double(decimal: $0) }
    }

    @Test(arguments: [
        ("0", 0), ("-0", -0.0), ("12", 12), ("+1.", 1), ("-.5", -0.5), ("1e5", 1e5), ("1E-05", 1e-5), ("1.5e+3", 1500),
        ("00012.500", 12.5), ("18446744073709551616", 0x1p64), ("0e999999999999999999999", 0), ("1e-999999999999999999999", 0),
        ("9007199254740993", 9_007_199_254_740_992), ("100.00046242685207", 100.00046242685207),
        ("4.9406564584124654e-324", .leastNonzeroMagnitude),
        ("1e999", .infinity), ("-1e99999999999999999999", -.infinity), ("179769313486231580793", 1.7976931348623158e20),
    ]) func numbers(text: String, expected: Double) {
        #expect(read(text)?.bitPattern == expected.bitPattern, "\(text)")
    }

    @Test(arguments: [
        "", ".", "-", "+", "e5", ".e5", "1e", "1e+", "1e5.", "1.2.3", "--1", "+-1", "1 ", " 1", "1,5", "1_000", "0x10", "0x1p4",
        "inf",
        "-inf", "infinity", "nan", "nan(1)", "NaN", "1f", "1d5", "١", "1\u{0}", "12345678x", "1234567:9", "1234567/",
    ]) func others(text: String) { #expect(read(text) == nil, "\(text)") }

    /// The number nearest to the text, as the C library's strtod finds it in any length.
    @Test func everyNumberIsRoundedOnce() {
        var generator = SeededGenerator(seed: 21)
        func digits(_ count: UInt64) -> String { String((0..<count).map { _ in Character("\(generator.next() % 10)") }) }
        for _ in 0..<60_000 {
            var text = generator.next() % 3 == 0 ? "-" : ""
            switch generator.next() % 6 {
            case 0: text += digits(1 + generator.next() % 4) + "." + digits(generator.next() % 22)
            case 1: text += digits(1 + generator.next() % 20)
            case 2: text += "0." + digits(1 + generator.next() % 24)
            case 3: text += digits(1 + generator.next() % 19) + "e\(Int(generator.next() % 80) - 40)"
            // Half-way between two numbers, or next to it: the odd multiples of half a unit in the last place.
            case 4:
                let halfway = (1 << 53 + generator.next() >> 11) * 2 + 1
                text += "\(halfway &+ generator.next() % 3 &- 1)" + (generator.next() % 2 == 0 ? "" : ".0")
            default:
                let value = Double(bitPattern: generator.next())
                text += value.isFinite ? "\(value.magnitude)" : "1"
            }
            // Written out where it fails: an expectation a number is slow.
            if read(text)?.bitPattern != strtod(text, nil).bitPattern { Issue.record("\(text)") }
        }
    }

    /// Decimals in the very middle of two neighbours, and one unit of their last place beside it.
    @Test func ties() {
        var generator = SeededGenerator(seed: 22)
        for _ in 0..<20_000 {
            // An odd number of 54 bits, divided by 1, 2, 4 or 8: one bit more than a number has.
            let odd = (UInt64(1) << 53 + generator.next() >> 11) | 1
            let places = generator.next() % 4
            let thousandths = (odd & (1 << places - 1)) * (1_000 >> places)
            let number = (odd >> places) * 1_000 + thousandths
            for neighbour in [number - 1, number, number + 1] {
                let text = "\(neighbour / 1_000).\(String(neighbour % 1_000 + 1_000).dropFirst())"
                #expect(read(text)?.bitPattern == strtod(text, nil).bitPattern, "\(text)")
            }
        }
    }
}
