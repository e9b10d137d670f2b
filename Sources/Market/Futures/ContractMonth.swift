public import Primitives

/// The month a futures contract is named after, in exchange letters `FGHJKMNQUVXZ` (January ... December).
public struct ContractMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let year: Int
    /// 1 ... 12.
    public let month: Int

    /// The letters of January to December.
    public static let letters: [Character] = Array("FGHJKMNQUVXZ")

    /// Returns nil unless `month` is 1 ... 12 and `year` 1900 ... 2199.
    public init?(year: Int, month: Int) {
        guard (1...12).contains(month), (1900...2199).contains(year) else { return nil }
        self.year = year
        self.month = month
    }

    public init?(letter: Character, year: Int) {
        guard let index = Self.letters.firstIndex(of: letter) else { return nil }
        self.init(year: year, month: index + 1)
    }

    public init(of date: CivilDate) {
        let (year, month, _) = date.components
        self.year = year
        self.month = month
    }

    public var letter: Character { Self.letters[month - 1] }

    public var firstDay: CivilDate { CivilDate(year: year, month: month, day: 1) ?? CivilDate(daysSinceEpoch: 0) }

    public var lastDay: CivilDate { firstDay.adding(months: 1) - 1 }

    /// The Friday of the 15th to the 21st.
    public var thirdFriday: CivilDate {
        let fifteenth = firstDay + 14
        return fifteenth + (12 - fifteenth.isoWeekday) % 7
    }

    /// Letter and two digits of the year, such as `Z13`.
    public var description: String { "\(letter)\(year % 100 < 10 ? "0" : "")\(year % 100)" }

    public static func < (a: Self, b: Self) -> Bool { (a.year, a.month) < (b.year, b.month) }
}
