public import Contracts
import Primitives

/// Looks at a finished backtest as an experienced reader does before believing it. docs/concepts/doctor.md tells every check.
public enum Doctor {
    /// What a run is judged by. What is absent is not checked, and the report says so.
    public struct Case: Sendable {
        public var result: BacktestResult
        /// The bars that the run traded on.
        public var prices: PriceHistory?
        /// Why there are none.
        public var pricesReason: String
        /// Nil where nothing is known of rolls, empty where there are none.
        public var rolls: [PriceRoll]?
        /// Files of the result that are not as they were written; nil where nothing says how they were.
        public var alteredFiles: [String]?
        /// Prices that are not the file that the run read.
        public var otherPrices: String?

        public init(
            result: BacktestResult, prices: PriceHistory? = nil, pricesReason: String = "no bars", rolls: [PriceRoll]? = nil,
            alteredFiles: [String]? = nil, otherPrices: String? = nil
        ) {
            self.result = result
            self.prices = prices
            self.pricesReason = pricesReason
            self.rolls = rolls
            self.alteredFiles = alteredFiles
            self.otherPrices = otherPrices
        }
    }

    /// Makes every check.
    public static func examine(_ subject: Case) -> DoctorReport {
        let facts = DoctorFacts(subject)
        return DoctorReport(
            entries: catalogue.map { .init(code: $0.code, title: $0.title, verdict: $0.examine(facts)) })
    }

    /// The code and the title of every check.
    public static var checks: [(code: String, title: String)] { catalogue.map { ($0.code, $0.title) } }

    struct Check: Sendable {
        let code: String
        let title: String
        let examine: @Sendable (DoctorFacts) -> DoctorVerdict

        init(_ code: String, _ title: String, _ examine: @escaping @Sendable (DoctorFacts) -> DoctorVerdict) {
            self.code = code
            self.title = title
            self.examine = examine
        }
    }

    static let catalogue =
        BookChecks.all + FillChecks.all + BarChecks.all + CostChecks.all + ProfitChecks.all
        + ExposureChecks.all + RollChecks.all
}
