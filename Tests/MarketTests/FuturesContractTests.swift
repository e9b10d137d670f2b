import Market
import Primitives
import TestKit
import Testing

struct FuturesContractTests {
    static func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    @Test(arguments: [
        "ESZ3", "ESZ13", "ESZ2013", "esz13", "ES 201312", "es_201312", "ES 20131220", "ES_20131220",
    ]) func everyFormIsTheSameContract(text: String) throws {
        let contract = try FuturesContract(text, asOf: Self.date("2013-10-07"))
        #expect(contract.code == "ESZ13" && contract.root == "ES" && contract.month.letter == "Z")
        #expect(contract.lastTradeDate == (try Self.date("2013-12-20")))
        #expect(contract == (try FuturesContract("ESZ13")))
        #expect(FuturesContract.root(of: text) == "ES")
    }

    @Test(arguments: [
        // A digit of the running year that has passed means ten years on; the last trade date itself has not passed.
        ("ESH4", "2014-03-21", "ESH14"), ("ESH4", "2014-03-22", "ESH24"), ("ESH4", "2015-01-02", "ESH24"),
        ("ESH0", "2019-12-31", "ESH20"), ("ESH9", "2010-01-04", "ESH19"), ("6EH4", "2013-10-07", "-"),
    ]) func oneDigitYears(text: String, asOf: String, expected: String) throws {
        let date = try Self.date(asOf)
        guard expected != "-" else {
            #expect(throws: FuturesError.unknownLastTradeDate("6EH14")) { try FuturesContract(text, asOf: date) }
            return
        }
        #expect(try FuturesContract(text, asOf: date).code == expected)
    }

    @Test(arguments: [
        "", "ES", "Z13", "ESA13", "ESZ", "ESZ123", "ESH4-ESM4", "ES 2013", "ES 201313", "ES 20131232", "ES 1 2", "ESZ１３",
    ])
    func otherTextsAreNoContracts(text: String) {
        #expect(throws: FuturesError.invalidCode(text)) { try FuturesContract(text, asOf: CivilDate(daysSinceEpoch: 16_000)) }
    }

    @Test func yearsAndRoots() throws {
        #expect(throws: FuturesError.ambiguousYear("ESZ3")) { try FuturesContract("ESZ3") }
        #expect(try FuturesContract("ESZ69").month.year == 2069)
        #expect(try FuturesContract("ESZ70").month.year == 1970)
        // Products without a rule: named by date, or with a list of dates.
        let crude = try FuturesContract("CL 20131219")
        let lastDate = try Self.date("2013-12-19")
        #expect(crude.code == "CL 20131219" && crude.lastTradeDate == lastDate)
        #expect(throws: FuturesError.unknownLastTradeDate("CLF14")) { try FuturesContract("CLF14") }
        let listed = try FuturesContract("CLF4", asOf: Self.date("2013-10-07"), lastTradeDates: ["CLF14": crude.lastTradeDate])
        #expect(listed.code == "CLF14" && listed.lastTradeDate == lastDate)
        #expect(FuturesContract.canonicalCode("CLF4", asOf: crude.lastTradeDate) == "CLF14")
        #expect(try FuturesContract("ESZ13") < FuturesContract("ESH14"))
    }

    @Test func holidaysMoveTheLastTradeDate() throws {
        // Good Friday and Juneteenth on a third Friday.
        #expect(try FuturesContract("ESH08").lastTradeDate == (try Self.date("2008-03-20")))
        #expect(try FuturesContract("ESM26").lastTradeDate == (try Self.date("2026-06-18")))
        // Beyond the calendar it is the Friday.
        #expect(try FuturesContract("ESH35").lastTradeDate == (try Self.date("2035-03-16")))
    }

    @Test func thirdFridays() throws {
        for year in 1990...2060 {
            for month in 1...12 {
                let friday = try #require(ContractMonth(year: year, month: month)).thirdFriday
                #expect(friday.isoWeekday == 5 && (15...21).contains(friday.day) && friday.month == month && friday.year == year)
            }
        }
    }

    /// LEAN's map file names each contract by an identifier that carries its last trade date; 2009 to 2023.
    @Test(.enabled(if: SharedData.has("es/es_map_file.csv")))
    func lastTradeDatesAreThoseOfTheMapFile() throws {
        let dates = Set(try MapFile.rows().map(\.lastTradeDate))
        #expect(dates.count == 55)
        for date in dates {
            #expect(try FuturesContract(root: "ES", month: ContractMonth(of: date)).lastTradeDate == date)
        }
    }
}

/// `es_map_file.csv`: until which date, inclusive, LEAN's continuous contract stands for which contract, by four rules.
struct MapFile {
    enum Rule: Int, CaseIterable {
        /// The contract is left on its last trade date.
        case lastTradingDay
        /// The contract is left on the first day of its month.
        case firstDayOfMonth
        /// The contract is left when the next one's open interest is greater; `openInterestAnnual` looks at all months of a year.
        case openInterest, openInterestAnnual
    }

    struct Row {
        let until: CivilDate
        let lastTradeDate: CivilDate
        let rule: Rule
    }

    static func rows() throws -> [Row] {
        let text = try FileBytes.readText(try #require(SharedData.path("es/es_map_file.csv")))
        return try text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ",")
            // The first row only says since when there are futures.
            guard fields.count == 4, let number = Int(fields[0]), let rule = Int(fields[3]) else { return nil }
            let until = CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
            // "es vmklfzih2mtd": in base 36; digits 15 to 19 from the right count days since 1899-12-30.
            let value = try #require(UInt64(fields[1].split(separator: " ").last ?? "", radix: 36))
            let days = Int(value / 100_000_000_000_000 % 100_000)
            return Row(
                until: try #require(until), lastTradeDate: try #require(CivilDate("1899-12-30")) + days,
                rule: try #require(Rule(rawValue: rule)))
        }
    }
}
