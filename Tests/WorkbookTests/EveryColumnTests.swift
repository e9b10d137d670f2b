import Contracts
import Primitives
import TestKit
import Testing

@testable import Workbook

/// No cell is accepted that does nothing: another value in it is a problem or another configuration.
struct EveryColumnTests {
    private let snapshot: JSONValue
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("columns")
        try WorkbookTemplate.write(to: folder.file("sample.xlsx"))
        snapshot = try ConfigurationFile.load(folder.file("sample.xlsx")).snapshot
    }

    /// What changes nothing by intention, and why.
    private static let documentation: [String: String] = [
        "INSTRUMENTS instrument_name": "a title for people", "INSTRUMENTS instrument_type": "a word for people",
        "FEATURE_LIBRARY feature_name": "a title for people", "STRATEGIES strategy_name": "a title for people",
        "FEATURE_SETS description": "text for people", "SIGNAL_TEMPLATES description": "text for people",
        "METRICS description": "text for people",
        "FEATURE_LIBRARY tags": "selects members of FEATURE_SETS, which only the check reads",
        "FEATURE_SETS include_tags": "the check's list of features a strategy may use",
        "FEATURE_SETS exclude_tags": "the check's list of features a strategy may use",
        "FEATURE_SETS include_feature_ids": "the check's list of features a strategy may use",
        "FEATURE_SETS exclude_feature_ids": "the check's list of features a strategy may use",
        "FEATURE_SETS max_features": "the check's limit on the list",
        "FEATURE_SETS enabled": "the check's list of features a strategy may use",
        "STRATEGIES feature_set_id": "the check's list of features a strategy may use",
        "SIGNAL_TEMPLATES allowed_feature_inputs": "the check's list of features a strategy may use",
        "SIGNAL_TEMPLATES supports_long_short": "the check's permission for -1 in position_values",
        "DATASETS timestamp_tz":
            "the zone of a timed series alone; elsewhere it documents the source's, checked against the rule",
        "DATASETS bar_frequency": "the check's measure of lags in rows; the length of a timed series' intervals",
        "DATASETS canonical_partition_keys": "documents that a trades table is split by symbol",
    ]

    /// Sheets without `enabled` whose rows belong to a sheet that nothing reads yet.
    private static let parts = ["OPTIMIZATION_PARAMS"]

    private func with(_ sheet: String, _ index: Int, _ column: String, _ value: JSONValue?) -> JSONValue {
        var root = snapshot.objectValue ?? [:]
        var sheets = root["sheets"]?.objectValue ?? [:]
        var rows = sheets[sheet]?.arrayValue ?? []
        var row = rows[index].objectValue ?? [:]
        row[column] = value
        rows[index] = .object(row)
        sheets[sheet] = .array(rows)
        root["sheets"] = .object(sheets)
        return .object(root)
    }

    /// Everything that a configuration says, besides the digest of its snapshot.
    private static func content(_ snapshot: JSONValue) throws -> [AnyHashable] {
        let configuration = try Configuration(snapshot: snapshot, workspace: "/workspace")
        let members = Mirror(reflecting: configuration).children.filter { $0.label != "snapshotDigest" }
        let hashable = members.compactMap { $0.value as? AnyHashable }
        #expect(hashable.count == members.count && hashable.count >= 14)
        return hashable
    }

    @Test func anotherValueIsAProblemOrAnotherConfiguration() throws {
        let base = try Self.content(snapshot)
        #expect(SnapshotCheck.problems(snapshot) == [])
        var idle: [String] = []
        var tried = 0
        for schema in WorkbookSchema.sheets where schema.isSupported && !Self.parts.contains(schema.name) {
            let rows = snapshot["sheets"]?[schema.name]?.arrayValue ?? []
            for column in schema.columns where column.name.lowercased() != "notes" {
                let place = "\(schema.name) \(column.name)"
                guard Self.documentation[place] == nil else { continue }
                // The first and the last row: of datasets, instruments and features one is daily and one from trades or quotes.
                // Of instruments the last one that a strategy trades: what only trading reads is idle in the one of quotes.
                let last = ["PATHS": 0, "INSTRUMENTS": rows.count - 2][schema.name] ?? rows.count - 1
                for index in Set([0, last]).sorted() {
                    let row = rows[index]
                    for value in others(row[column.name], column) {
                        let changed = with(schema.name, index, column.name, value)
                        tried += 1
                        if SnapshotCheck.problems(changed).isEmpty, try Self.content(changed) == base {
                            idle.append("\(place) row \(index + 2): \(try CanonicalJSON.text(value))")
                        }
                    }
                }
            }
        }
        #expect(idle == [])
        #expect(tried > 300)
    }

    @Test func sheetsThatNothingReadsTakeNoEnabledRow() throws {
        let later = WorkbookSchema.sheets.filter { !$0.isSupported }
        #expect(
            later.map(\.name).sorted() == [
                "BROKERS", "CONSTRAINTS", "CONSTRAINT_SETS", "DISCOVERY", "LIVE", "OPTIMIZATION_STUDIES",
                "ROBUSTNESS", "ROBUSTNESS_PROFILES", "TRAINING",
            ])
        for schema in later {
            let problems = SnapshotCheck.problems(with(schema.name, 0, "enabled", true))
            #expect(problems.count == 1 && problems[0].message.contains("not supported yet"), "\(schema.name): \(problems)")
        }
    }

    @Test func whatIsDocumentationExists() {
        for place in Self.documentation.keys.sorted() {
            let parts = place.split(separator: " ").map(String.init)
            #expect(WorkbookSchema.sheet(parts[0])?.column(parts[1]) != nil, "\(place)")
        }
    }

    /// Values that look right in the column and differ from the given one.
    private func others(_ given: JSONValue?, _ column: WorkbookColumn) -> [JSONValue] {
        let values: [JSONValue]
        switch column.kind {
        case .text where column.name.hasSuffix("transform"): values = ["product", "sma", "ema", "level", "rolling_sum"]
        case .missingPolicy: values = ["drop", "error", "ffill", "ffill:3", "zero", "constant:1.5"]
        case .age: values = ["90m", "4d"]
        case .featureFinish: values = [column.name == "normalize" ? "zscore:20" : "0.01:0.99:20"]
        case .text: values = [.string((given?.stringValue ?? "") + "x")]
        case .identifier: values = ["another_id"]
        case .integer, .monthCount: values = [.int((given?.intValue ?? 2) + 1)]
        case .number: values = [.double((given?.doubleValue ?? 0.25) * 0.5 + 0.001)]
        case .boolean: values = [.bool(given?.boolValue != true)]
        case .date: values = ["2016-06-15"]
        case .jsonObject:
            let members = given?.objectValue ?? [:]
            values = (members.isEmpty ? [] : [.object(members.mapValues { .int(($0.intValue ?? 3) + 1) })]) + [["another": 1]]
        case .riskRules: values = [[["type": "TakeProfit", "pct": 0.1]], [["type": "TimeExit", "max_bars": 3]]]
        case .textList: values = [["another"]]
        case .integerList: values = [[-1, 0], [0, 1], [0]]
        case .choice(let words): values = (words.count > 20 ? ["calmar", "sortino"] : words).map { .string($0) }
        case .choiceList(let words): values = words.map { [.string($0)] }
        case .reference(let sheets): values = ids(sheets).map { .string($0) }
        case .references(let sheets, _): values = ids(sheets).map { [.string($0)] }
        case .target: values = ids(["STRATEGIES", "BACKTESTS", "INSTRUMENTS"]).map { .string($0) }
        case .datasetReference: values = ["NASDAQ", "ES_TRADES:bars_5m:FULL", "ES_TRADES:bars_1m:RTH", "ES_TRADES:cvd_1m:RTH"]
        case .gateExpression: values = ["vix_level < 31"]
        case .knownTimeRule: values = ["session_open@US_EQUITY", "19:00@US_EQUITY", "session_close@CME_EQUITY"]
        case .executionTime: values = ["next_open", "same_close", "next_close", "10:00"]
        case .interval: values = ["2m"]
        case .barFrequency: values = ["1d", "5m", "trade", "irregular"]
        case .intervalList: values = [["1m"], ["1m", "5m", "10m"]]
        case .tradeBarList: values = [["tick:100"], ["volume:500", "dollar_runs:1e6"]]
        }
        return values.filter { $0 != given }
    }

    private func ids(_ sheets: [String]) -> [String] {
        sheets.flatMap { sheet in
            let column = WorkbookSchema.sheet(sheet)?.idColumn?.name ?? ""
            return (snapshot["sheets"]?[sheet]?.arrayValue ?? []).compactMap { $0[column]?.stringValue }
        }
    }
}
