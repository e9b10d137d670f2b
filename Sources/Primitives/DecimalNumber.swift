extension Double {
    /// The number nearest to a decimal one: digits with at most one point, a sign before them or none, and behind them or not an
    /// exponent, `e` or `E` with a sign or none and digits. So `12`, `-.5`, `+1.` and `1e-05`; not ` 1`, `1,5`, `0x10`, `inf`.
    /// Infinite where the number is too large.
    ///
    /// The bytes of most cells of a file are read without making a text of them, several times faster than by `Double(String)`.
    public init?(decimal text: UnsafeBufferPointer<UInt8>) {
        guard let number = Decimal(text) else { return nil }
        if let size = number.size {
            self = number.isNegative ? -size : size
        } else {
            // Digits that are too many, or an exponent too large, for the arithmetic of one word.
            guard let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
            self = value
        }
    }
}

/// A decimal number as it is written: `digits` times ten to the `power`.
private struct Decimal {
    private var digits: UInt64 = 0
    /// How many digits were read, leading zeros too.
    private var count = 0
    private var power = 0
    private(set) var isNegative = false

    /// Nil where the text is no number.
    @inline(__always)
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let base = text.baseAddress else { return nil }
        let end = text.count
        var at = 0
        if at < end, base[at] == UInt8(ascii: "-") || base[at] == UInt8(ascii: "+") {
            isNegative = base[at] == UInt8(ascii: "-")
            at += 1
        }
        let first = at
        at = Self.read(base, from: at, to: end, &digits)
        count = at - first
        if at < end, base[at] == UInt8(ascii: ".") {
            let fraction = at + 1
            at = Self.read(base, from: fraction, to: end, &digits)
            power = fraction - at
            count -= power
        }
        guard count > 0 else { return nil }
        if at < end {
            guard let exponent = Self.exponent(base, from: at, to: end) else { return nil }
            power += exponent
        }
    }

    /// - Returns: the place of the first byte that is no digit.
    @inline(__always)
    private static func read(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, _ digits: inout UInt64) -> Int {
        var at = start
        while end - at >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
            guard isDigits(word) else { break }
            digits = digits &* 100_000_000 &+ value(word)
            at += 8
        }
        while at < end {
            let digit = base[at] &- 48
            guard digit < 10 else { break }
            digits = digits &* 10 &+ UInt64(digit)
            at += 1
        }
        return at
    }

    /// Whether all of eight characters are digits.
    @inline(__always)
    private static func isDigits(_ word: UInt64) -> Bool {
        let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
        return (word & high) | (((word &+ 0x0606_0606_0606_0606) & high) >> 4) == 0x3333_3333_3333_3333
    }

    /// What eight digits write: neighbours are joined to numbers of two digits, then of four, then of eight.
    @inline(__always)
    private static func value(_ word: UInt64) -> UInt64 {
        let ones = word &- 0x3030_3030_3030_3030
        let twos = (ones &* 10 &+ (ones >> 8)) & 0x00FF_00FF_00FF_00FF
        let fours = (twos &* 100 &+ (twos >> 16)) & 0x0000_FFFF_0000_FFFF
        return (fours &* 10_000 &+ (fours >> 32)) & 0xFFFF_FFFF
    }

    /// What stands behind the digits: `e`, a sign or none, digits; nil for anything else.
    private static func exponent(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
        guard base[start] | 0x20 == UInt8(ascii: "e") else { return nil }
        var at = start + 1
        var isNegative = false
        if at < end, base[at] == UInt8(ascii: "-") || base[at] == UInt8(ascii: "+") {
            isNegative = base[at] == UInt8(ascii: "-")
            at += 1
        }
        guard at < end else { return nil }
        var exponent = 0
        while at < end {
            let digit = base[at] &- 48
            guard digit < 10 else { return nil }
            exponent = min(exponent * 10 + Int(digit), 100_000)
            at += 1
        }
        return isNegative ? -exponent : exponent
    }

    /// The number without its sign, rounded once; nil where one word is too short for it.
    @inline(__always)
    var size: Double? {
        guard count <= 19 else { return nil }
        // Both operands are exact, so the result is rounded once.
        if digits <= 1 << 53, abs(power) <= 22 {
            return power < 0 ? Double(digits) / Self.powersOfTen[-power] : Double(digits) * Self.powersOfTen[power]
        }
        if power == 0 { return Double(digits) }
        guard power < 0, power >= -27, digits > 0 else { return nil }
        // digits / 5^n / 2^n: an integer quotient of 63 or 64 bits, whose last one says whether anything is left. To round it to
        // 53 bits is to round the number.
        let dividend = digits << UInt64(digits.leadingZeroBitCount)
        let five = Self.powersOfFive[-power]
        let divisor = five << UInt64(five.leadingZeroBitCount)
        let (quotient, rest) = divisor.dividingFullWidth((dividend >> 1, dividend << 63))
        let exponent = five.leadingZeroBitCount - digits.leadingZeroBitCount + power - 63
        return Double(quotient | (rest == 0 ? 0 : 1)) * Double(bitPattern: UInt64(1023 + exponent) << 52)
    }

    /// All that a `Double` holds exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
        1e22,
    ]
    /// All that fit into one word.
    private static let powersOfFive: [UInt64] = [
        1, 5, 25, 125, 625, 3_125, 15_625, 78_125, 390_625, 1_953_125, 9_765_625, 48_828_125, 244_140_625, 1_220_703_125,
        6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125, 3_814_697_265_625, 19_073_486_328_125,
        95_367_431_640_625, 476_837_158_203_125, 2_384_185_791_015_625, 11_920_928_955_078_125, 59_604_644_775_390_625,
        298_023_223_876_953_125, 1_490_116_119_384_765_625, 7_450_580_596_923_828_125,
    ]
}
