import Contracts
import Features
public import Lake
import Primitives

/// `apus features compute`: features of one table of yours, without a workspace.
///
/// The table streams through the kernels block by block, so memory holds one row group of the output, whatever the table's
/// length.
public enum FeatureFile {
    public struct Outcome: Sendable {
        public let summary: ParquetSummary
        public let features: [String]
    }

    /// One feature of the specification: its kernels and the columns or earlier features they read.
    private struct Step {
        let id: String
        var stream: FeatureStream
        /// Below the number of columns a column, from there on an earlier feature.
        let inputs: [Int]
    }

    /// - Parameters:
    ///   - data: a Parquet file, rows in the order of time, each time once.
    ///   - specification: YAML; see docs/concepts/features.md.
    ///   - output: the Parquet file to write: the time column, then one nullable Float64 a feature.
    /// - Throws: `ApusError` `features.spec` naming file and key, `data.timestamp` and `data.order` naming file, row (from 0) and
    ///   times, `input.overwrite` where `output` is one of the files read, `parquet.*`, `file.*`.
    public static func compute(data: String, specification: String, output: String) throws -> Outcome {
        try FileBytes.protect([data, specification], from: output)
        let source = try ScanSource(data)
        let spec = try FeatureFileSpec(specification, columns: source.columnNames)
        var steps = try spec.features.map { feature in
            do {
                return Step(
                    id: feature.spec.id,
                    stream: try FeatureRecipe(feature.spec, columns: feature.inputs.count, library: spec.library).stream(),
                    inputs: feature.inputs)
            } catch let error as FeatureError { throw spec.failure("\(error)", key: feature.key) }
        }
        let scan = try source.scan([(spec.time, .time)] + spec.columns.map { ($0, .number) })
        let schema =
            [ColumnSpec(spec.time, .timestampNanos(utc: true))] + steps.map { ColumnSpec($0.id, .double, nullable: true) }
        let writer = try ParquetWriter(output, schema: schema, options: .init(rowGroupRows: 65_536))
        var last: Int64?
        while try scan.next() {
            let times = Array(scan.times(0))
            if let row = times.firstIndex(of: ColumnScan.nullTime) {
                throw ApusError(
                    "data.timestamp", "the time is null",
                    context: ["file": data, "row": "\(scan.row + row)", "column": spec.time])
            }
            if let (row, before) = Self.firstOutOfOrder(times, after: last) {
                throw ApusError(
                    "data.order", "rows are in the order of time, each time once; this row does not follow the one before it",
                    context: [
                        "file": data, "row": "\(scan.row + row)", "column": spec.time,
                        "time": UnixNanos(times[row]).description, "time before": UnixNanos(before).description,
                    ])
            }
            last = times.last ?? last
            var columns = spec.columns.indices.map { Array(scan.numbers($0 + 1)) }
            for index in steps.indices {
                columns.append(steps[index].stream.append(steps[index].inputs.map { columns[$0] }))
            }
            let values = columns[spec.columns.count...]
            try writer.append(
                [.int64(times)] + values.map { .double($0) },
                validity: [nil] + values.map { column in column.contains(where: \.isNaN) ? column.map { !$0.isNaN } : nil })
        }
        return Outcome(summary: try writer.finish(), features: steps.map(\.id))
    }

    /// The first row that is not later than the one before it, and the time of that one.
    private static func firstOutOfOrder(_ times: [Int64], after last: Int64?) -> (row: Int, before: Int64)? {
        var before = last
        for (row, time) in times.enumerated() {
            if let before, time <= before { return (row, before) }
            before = time
        }
        return nil
    }
}

/// The specification of `apus features compute`:
///
///     time: ts
///     features:
///       - {id: rsi_14, transform: rsi, inputs: [close], parameters: {window: 14}}
///       - {id: rsi_z, transform: zscore, inputs: [rsi_14], parameters: {window: 100}}
struct FeatureFileSpec {
    struct Entry {
        let spec: FeatureSpec
        /// Places among the columns and, behind them, the features before.
        let inputs: [Int]
        let key: String
    }

    let time: String
    /// The table's columns that features read.
    let columns: [String]
    let features: [Entry]
    let library = TransformLibrary.builtIn
    private let file: String

    /// - Parameter columns: the table's.
    init(_ file: String, columns known: [String]) throws {
        self.file = file
        func failure(_ message: String, key: String) -> ApusError {
            ApusError("features.spec", message, context: ["file": file, "key": key])
        }
        let document: JSONValue
        do { document = try YAML.parse(try FileBytes.readText(file)) } catch let error as YAML.Failure {
            throw ApusError("features.spec", "\(error)", context: ["file": file])
        }
        guard let members = document.objectValue, let list = members["features"]?.arrayValue, !list.isEmpty else {
            throw failure("a list of features is required", key: "features")
        }
        if let unknown = members.keys.sorted().first(where: { !["time", "features"].contains($0) }) {
            throw failure("is not known; known are time and features", key: unknown)
        }
        let named = members["time"]?.stringValue
        guard let time = named ?? ["ts", "timestamp", "time", "datetime", "date"].first(where: known.contains),
            known.contains(time)
        else { throw failure("the table has no column \(named ?? "ts, timestamp, time, datetime or date")", key: "time") }
        self.time = time
        var read: [String] = []
        var parsed: [(spec: FeatureSpec, inputs: [String], key: String)] = []
        for (index, item) in list.enumerated() {
            let key = "features[\(index)]"
            let (spec, inputs) = try Self.feature(item, library: library) { failure($0, key: key + $1) }
            guard !parsed.contains(where: { $0.spec.id == spec.id }), spec.id != time else {
                throw failure("\(spec.id) is taken", key: key + ".id")
            }
            for input in inputs where !parsed.contains(where: { $0.spec.id == input }) {
                guard known.contains(input) else {
                    throw failure(
                        "\(input) is no column and no earlier feature"
                            + (Suggestion.closest(to: input, among: known).map { "; did you mean \($0)?" } ?? ""),
                        key: key + ".inputs")
                }
                if !read.contains(input) { read.append(input) }
            }
            parsed.append((spec, inputs, key))
        }
        columns = read
        features = parsed.enumerated().map { index, entry in
            // A feature that is called like a column hides it from those behind it; itself, it reads the column.
            let before = parsed[..<index].map(\.spec.id)
            return Entry(
                spec: entry.spec,
                inputs: entry.inputs.map { name in
                    before.firstIndex(of: name).map { read.count + $0 } ?? read.firstIndex(of: name) ?? 0
                },
                key: entry.key)
        }
    }

    func failure(_ message: String, key: String) -> ApusError {
        ApusError("features.spec", message, context: ["file": file, "key": key])
    }

    private static func feature(
        _ item: JSONValue, library: TransformLibrary, failure: (String, String) -> ApusError
    ) throws -> (FeatureSpec, [String]) {
        guard let members = item.objectValue else { throw failure("is not a mapping", "") }
        let keys = ["id", "transform", "inputs", "parameters", "winsorize", "normalize"]
        if let unknown = members.keys.sorted().first(where: { !keys.contains($0) }) {
            throw failure("is not known; known are \(keys.joined(separator: ", "))", "." + unknown)
        }
        guard let id = members["id"]?.stringValue, WorkbookIdentifier.isValid(id) else {
            throw failure("an identifier is required", ".id")
        }
        guard let name = members["transform"]?.stringValue else { throw failure("a text is required", ".transform") }
        let given = members["inputs"]?.arrayValue?.compactMap(\.stringValue)
        guard let transform = library.combining(name, inputs: given?.count ?? 1) else {
            throw failure(
                "there is no transform \(name)"
                    + (Suggestion.closest(to: name, among: library.names).map { "; did you mean \($0)?" } ?? ""), ".transform")
        }
        guard transform.inputs.allSatisfy({ if case .column = $0 { true } else { false } }) else {
            throw failure("\(name) reads a calendar, which a plain table does not have", ".transform")
        }
        let inputs = given ?? transform.columnRoles
        guard transform.columnCounts.contains(inputs.count) else {
            throw failure("\(name) reads \(transform.columnRoles.joined(separator: ", ")); \(inputs.count) given", ".inputs")
        }
        let finish = try ["winsorize", "normalize"].compactMap { key -> FeatureFinish? in
            guard let text = members[key]?.stringValue else { return nil }
            guard let step = FeatureFinish(text, column: key) else {
                throw failure("\"\(text)\" is not \(FeatureFinish.forms(of: key))", "." + key)
            }
            return step
        }
        let spec = FeatureSpec(
            id: id, features: inputs, transform: name, parameters: members["parameters"]?.objectValue ?? [:], finish: finish)
        return (spec, inputs)
    }
}
