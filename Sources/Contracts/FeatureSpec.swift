public import Primitives

/// One enabled row of FEATURE_LIBRARY or ENGINEERED_FEATURES.
public struct FeatureSpec: Hashable, Sendable {
    /// Where a feature's inputs come from.
    public enum Inputs: Hashable, Sendable {
        /// Columns of data. The first one's source gives the rows. Empty: those that the transform's roles name.
        case columns([ColumnReference], of: DatasetReference)
        /// Other features, by id. The first one gives the rows.
        case features([String])
    }

    public let id: String
    public let name: String
    public let inputs: Inputs
    /// The instrument whose rows are meant where a table holds several symbols.
    public let instrumentScope: String?
    public let transform: String
    public let parameters: [String: JSONValue]
    /// nil: the latest value that is available at the decision. A number: exactly the row that many rows before the decision's
    /// own.
    public let lagRows: Int?
    /// Sessions between label and publication; nil takes the dataset's, or 0 for features made of features.
    public let availabilityLagDays: Int?
    public let missingPolicy: MissingPolicy
    /// What is older when it is joined or read is missing; nil for any age.
    public let maxAge: DataAge?
    /// What happens to the result, in this order.
    public let finish: [FeatureFinish]
    public let tags: [String]

    init(library row: ConfigurationRow) throws {
        let reference = try row.text("dataset_id")
        guard let source = DatasetReference(reference) else {
            throw row.failure("dataset_id", "\"\(reference)\" is not DATASET or DATASET:table:SESSION")
        }
        let columns = try (row.optionalText("input_col")?.split(separator: ",").map(String.init) ?? []).map { text in
            guard let column = ColumnReference(text) else {
                throw row.failure("input_col", "\"\(text)\" is not a column or SOURCE!column")
            }
            return column
        }
        try self.init(row, inputs: .columns(columns, of: source), transform: try row.text("transform"))
    }

    init(engineered row: ConfigurationRow) throws {
        try self.init(row, inputs: .features(row.list("input_feature_ids")), transform: try row.text("combine_transform"))
    }

    /// A feature made of others, outside of a workbook. Missing inputs stay missing.
    public init(
        id: String, features: [String], transform: String, parameters: [String: JSONValue], finish: [FeatureFinish] = []
    ) {
        self.id = id
        name = id
        inputs = .features(features)
        instrumentScope = nil
        self.transform = transform
        self.parameters = parameters
        lagRows = nil
        availabilityLagDays = nil
        missingPolicy = .error
        maxAge = nil
        self.finish = finish
        tags = []
    }

    private init(_ row: ConfigurationRow, inputs: Inputs, transform: String) throws {
        id = row.id
        name = row.optionalText("feature_name") ?? row.optionalText("eng_feature_name") ?? row.id
        self.inputs = inputs
        self.transform = transform
        instrumentScope = row.optionalText("instrument_scope")
        parameters = row.object("params_json")
        lagRows = row.optionalInteger("lag_days")
        availabilityLagDays = row.optionalInteger("availability_lag_days")
        let policy = row.optionalText("missing_policy") ?? "error"
        guard let missingPolicy = MissingPolicy(policy) else {
            throw row.failure("missing_policy", "\"\(policy)\" is not \(MissingPolicy.forms)")
        }
        self.missingPolicy = missingPolicy
        maxAge = try row.optionalText("max_age").map { text in
            guard let age = DataAge(text) else { throw row.failure("max_age", "\"\(text)\" is not \(DataAge.forms)") }
            return age
        }
        finish = try ["winsorize", "normalize"].compactMap { column in
            guard let text = row.optionalText(column), text != "none" else { return nil }
            guard let step = FeatureFinish(text, column: column) else {
                throw row.failure(column, "\"\(text)\" is not \(FeatureFinish.forms(of: column))")
            }
            return step
        }
        tags = row.list("tags")
    }
}

/// What a missing input value does.
public enum MissingPolicy: Hashable, Sendable, CustomStringConvertible {
    case error
    /// The row is left out.
    case drop
    /// The last value is repeated, for at most `limit` rows in a row; nil without end.
    case forwardFill(limit: Int?)
    case constant(Double)

    public static let forms = "error, drop, ffill, ffill:ROWS, zero or constant:NUMBER"

    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count) {
        case ("error", 1): self = .error
        case ("drop", 1): self = .drop
        case ("ffill", 1): self = .forwardFill(limit: nil)
        case ("zero", 1): self = .constant(0)
        case ("ffill", 2):
            guard let limit = Int(parts[1]), limit > 0 else { return nil }
            self = .forwardFill(limit: limit)
        case ("constant", 2):
            guard let value = Double(parts[1]), value.isFinite else { return nil }
            self = .constant(value)
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .error: "error"
        case .drop: "drop"
        case .forwardFill(nil): "ffill"
        case .forwardFill(let limit?): "ffill:\(limit)"
        case .constant(let value): "constant:\(value)"
        }
    }
}

/// A transform applied to a feature's own values: `0.01:0.99:250` in winsorize, `zscore:250` in normalize.
public struct FeatureFinish: Hashable, Sendable {
    public let transform: String
    public let parameters: [String: JSONValue]

    public static let normalizations = ["zscore", "robust_zscore", "percentile_rank", "minmax_scale"]

    public static func forms(of column: String) -> String {
        column == "winsorize"
            ? "none or LOW:HIGH:WINDOW, such as 0.01:0.99:250"
            : "none or NAME:WINDOW, NAME one of " + normalizations.joined(separator: ", ")
    }

    /// - Parameter column: `winsorize` or `normalize`.
    public init?(_ text: String, column: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let window = parts.last.flatMap({ Int64($0) }), (2...1_000_000).contains(window) else { return nil }
        if column == "winsorize" {
            guard parts.count == 3, let low = Double(parts[0]), let high = Double(parts[1]), low >= 0, low < high, high <= 1
            else {
                return nil
            }
            transform = "winsorize"
            parameters = ["low": .double(low), "high": .double(high), "window": .int(window)]
        } else {
            guard parts.count == 2, Self.normalizations.contains(parts[0]) else { return nil }
            transform = parts[0]
            parameters = ["window": .int(window)]
        }
    }
}

/// A column that a feature reads: `close`, `BAA - AAA`, `VIX!vix`, `ES_TRADES:bars_1m:FULL[ESH4]!close`.
public struct ColumnReference: Hashable, Sendable, CustomStringConvertible {
    /// A dataset, a table derived from one, or an instrument, whose prices are meant then; nil for the row's own dataset.
    public let source: String?
    /// The symbol whose rows are meant; nil for the row's own instrument_scope.
    public let symbol: String?
    /// A column, or two joined as `A - B` or `A / B`.
    public let column: String

    public init?(_ text: String) {
        let trimmed = Self.trimmed(text[...])
        let parts = trimmed.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false)
        guard let last = parts.last, !last.isEmpty else { return nil }
        column = String(last)
        guard parts.count == 2 else {
            source = nil
            symbol = nil
            return
        }
        let pieces = parts[0].split(separator: "[", omittingEmptySubsequences: false)
        guard !pieces[0].isEmpty, pieces.count <= 2, pieces.count == 1 || pieces[1].hasSuffix("]") else { return nil }
        source = String(pieces[0])
        symbol = pieces.count == 2 ? String(pieces[1].dropLast()) : nil
        if symbol == "" { return nil }
    }

    public var description: String {
        guard let source else { return column }
        return source + (symbol.map { "[\($0)]" } ?? "") + "!" + column
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " }
        return start.lastIndex { $0 != " " }.map { start[...$0] } ?? ""
    }
}

/// One enabled row of FEATURE_SETS.
public struct FeatureSetSpec: Hashable, Sendable {
    public let id: String
    /// The ids of its enabled features, in the order of the sheets.
    public let members: [String]

    init(_ row: ConfigurationRow, among features: [FeatureSpec]) throws {
        id = row.id
        let (include, exclude) = (Set(row.list("include_tags")), Set(row.list("exclude_tags")))
        let (named, banned) = (Set(row.list("include_feature_ids")), Set(row.list("exclude_feature_ids")))
        members = features.filter { feature in
            let tags = Set(feature.tags)
            let isTagged = !tags.isDisjoint(with: include) && tags.isDisjoint(with: exclude)
            return (named.contains(feature.id) || isTagged) && !banned.contains(feature.id)
        }.map(\.id)
    }
}
