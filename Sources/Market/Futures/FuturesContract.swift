public import Primitives

/// One futures contract: its root, its month and the last date it trades. Contracts of a root are ordered by that date.
public struct FuturesContract: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The product, upper case, such as `ES`.
    public let root: String
    /// The month it is named after.
    public let month: ContractMonth
    public let lastTradeDate: CivilDate
    /// The canonical name: root, letter and two digits of the year, such as `ESZ13`. A contract known only by root and date, of a
    /// product whose last trade date does not tell its month, is called by both: `CL 20131219`.
    public let code: String

    /// - Parameter lastTradeDate: where nil, what `standardLastTradeDate` says.
    /// - Throws: `FuturesError.unknownLastTradeDate` where the date is nil and no rule gives it.
    public init(root: String, month: ContractMonth, lastTradeDate: CivilDate? = nil) throws {
        let code = "\(root)\(month)"
        guard let date = lastTradeDate ?? Self.standardLastTradeDate(root: root, month: month) else {
            throw FuturesError.unknownLastTradeDate(code)
        }
        self.root = root
        self.month = month
        self.lastTradeDate = date
        self.code = code
    }

    private init(root: String, lastTradeDate: CivilDate) {
        self.root = root
        self.lastTradeDate = lastTradeDate
        month = ContractMonth(of: lastTradeDate)
        let digits = lastTradeDate.description.filter { $0 != "-" }
        code = Self.equityIndexRoots.contains(root) ? "\(root)\(month)" : "\(root) \(digits)"
    }

    public var description: String { code }

    public static func < (a: Self, b: Self) -> Bool {
        (a.lastTradeDate, a.root, a.code) < (b.lastTradeDate, b.root, b.code)
    }

    // MARK: Last trade dates

    /// CME equity index futures that stop trading on the third Friday of their month, at 08:30 Chicago time.
    public static let equityIndexRoots: Set<String> = ["EMD", "ES", "M2K", "MES", "MNQ", "MYM", "NQ", "RTY", "YM"]

    /// The third Friday of the month for `equityIndexRoots`, or the session of the US stock exchanges before it where they are
    /// closed that day; nil for other roots. Outside of the years `US_EQUITY` covers it is the third Friday itself.
    public static func standardLastTradeDate(root: String, month: ContractMonth) -> CivilDate? {
        guard equityIndexRoots.contains(root) else { return nil }
        let friday = month.thirdFriday
        let calendar = SessionCalendars.usEquity
        guard calendar.coverage.contains(friday), calendar.coverage.contains(friday - 7),
            let sessions = try? calendar.sessions(in: (friday - 7)...friday)
        else { return friday }
        return sessions.last?.tradeDate ?? friday
    }

    // MARK: Names

    /// Reads `ESZ3`, `ESZ13`, `ESZ2013`, `ES 201312` and `ES 20131220` (root and last trade date); `_` counts as the space, and
    /// lower case as upper case. Two-digit years are those of 1970 to 2069.
    ///
    /// - Parameters:
    ///   - asOf: a date on which the contract traded. It decides the decade of a one-digit year: the contract is the first one of
    ///     that name which has not ended by then.
    ///   - lastTradeDates: by canonical name; asked before the rule.
    /// - Throws: `FuturesError.invalidCode`, `.ambiguousYear`, `.unknownLastTradeDate`.
    public init(_ text: String, asOf: CivilDate? = nil, lastTradeDates: [String: CivilDate] = [:]) throws {
        guard let name = ContractName(text) else { throw FuturesError.invalidCode(text) }
        func contract(_ month: ContractMonth?) throws -> FuturesContract {
            guard let month else { throw FuturesError.invalidCode(text) }
            let listed = lastTradeDates["\(name.root)\(month)"]
            return try FuturesContract(root: name.root, month: month, lastTradeDate: listed)
        }
        switch name.time {
        case .lastTradeDate(let date): self = FuturesContract(root: name.root, lastTradeDate: date)
        case .month(let month): self = try contract(month)
        case .yearDigit(let letter, let digit):
            guard let asOf else { throw FuturesError.ambiguousYear(text) }
            let first = asOf.year + (digit - asOf.year % 10 + 10) % 10
            // A name of the reference's own year may have ended already; then it is the one ten years on.
            guard let month = ContractMonth(letter: letter, year: first) else { throw FuturesError.invalidCode(text) }
            let ends =
                lastTradeDates["\(name.root)\(month)"] ?? Self.standardLastTradeDate(root: name.root, month: month)
                ?? month.lastDay
            self = try contract(ends >= asOf ? month : ContractMonth(letter: letter, year: first + 10))
        }
    }

    /// The canonical name of a contract named by month, whether or not its last trade date is known; nil for other texts.
    /// - Parameter asOf: as in `init(_:asOf:lastTradeDates:)`.
    public static func canonicalCode(_ text: String, asOf: CivilDate) -> String? {
        guard let name = ContractName(text) else { return nil }
        switch name.time {
        case .lastTradeDate: return nil
        case .month(let month): return "\(name.root)\(month)"
        case .yearDigit(let letter, let digit):
            let year = asOf.year + (digit - asOf.year % 10 + 10) % 10
            return ContractMonth(letter: letter, year: year).map { "\(name.root)\($0)" }
        }
    }

    /// The root that a text names if it names a contract; nil for spreads and everything else.
    public static func root(of text: String) -> String? { ContractName(text)?.root }
}

/// A contract's name taken apart.
private struct ContractName {
    enum Time {
        case month(ContractMonth)
        case yearDigit(letter: Character, digit: Int)
        case lastTradeDate(CivilDate)
    }

    let root: String
    let time: Time

    init?(_ text: String) {
        let characters = text.uppercased()
        guard characters.utf8.count <= 24, characters.utf8.allSatisfy({ Self.isLetterOrDigit($0) || $0 == 32 || $0 == 95 })
        else { return nil }
        let parts = characters.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "_" }
        guard let first = parts.first, !first.isEmpty else { return nil }
        switch parts.count {
        case 1: self.init(code: first)
        case 2: self.init(root: String(first), digits: parts[1])
        default: return nil
        }
    }

    /// `ESZ13`.
    private init?(code: Substring) {
        let digits = Array(code.reversed().prefix { $0.isNumber }.reversed())
        let rest = code.dropLast(digits.count)
        guard let letter = rest.last, ContractMonth.letters.contains(letter), let year = Int(String(digits)) else { return nil }
        root = String(rest.dropLast())
        guard !root.isEmpty else { return nil }
        switch digits.count {
        case 1: time = .yearDigit(letter: letter, digit: year)
        case 2:
            guard let month = ContractMonth(letter: letter, year: year < 70 ? 2000 + year : 1900 + year) else { return nil }
            time = .month(month)
        case 4:
            guard let month = ContractMonth(letter: letter, year: year) else { return nil }
            time = .month(month)
        default: return nil
        }
    }

    /// `ES 201312`, `ES 20131220`.
    private init?(root: String, digits: Substring) {
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else { return nil }
        self.root = root
        switch digits.utf8.count {
        case 6:
            guard let month = ContractMonth(year: number / 100, month: number % 100) else { return nil }
            time = .month(month)
        case 8:
            guard let date = CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100),
                ContractMonth(year: date.year, month: date.month) != nil
            else { return nil }
            time = .lastTradeDate(date)
        default: return nil
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) }
}
