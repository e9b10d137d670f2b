import Contracts
import Features
import Lake
import Market
import Primitives

/// Features of a workspace: resolved, computed once, kept in the cache, continued where their inputs only grew.
final class FeatureStore {
    let data: DataAccess
    let library: TransformLibrary
    private let sources: FeatureSources
    /// nil for a store that computes everything and keeps nothing.
    private let cache: FeatureCache?
    private let lock: FeatureCacheLock?
    private var built: [String: BuiltFeature] = [:]
    private var inProgress: [String] = []

    /// - Parameter library: the workspace's own where nil.
    /// - Throws: `ApusError` `cache.locked`.
    init(_ data: DataAccess, library: TransformLibrary? = nil) throws {
        self.data = data
        self.library = try library ?? Workspace.transforms(data.workspace.root)
        sources = FeatureSources(data)
        let cache = FeatureCache(root: data.workspace.paths.featureCache)
        self.cache = cache
        // Who cleans is done soon.
        lock = try FeatureCacheLock(cache, waiting: 60)
    }

    /// A store beside the cache, for computations on other inputs than the present ones.
    /// - Parameter late: see `FeatureSources`.
    init(uncached data: DataAccess, library: TransformLibrary, late: Bool) {
        self.data = data
        self.library = library
        sources = FeatureSources(data, late: late)
        cache = nil
        lock = nil
    }

    /// - Throws: `ApusError`, `FeatureError`, `CalendarError`.
    func feature(_ id: String) throws -> BuiltFeature {
        if let known = built[id] { return known }
        let spec = try spec(id)
        let result = try guarded(id) { try Self.build(try resolve(spec), cache: cache) }
        built[id] = result
        return result
    }

    private func spec(_ id: String) throws -> FeatureSpec {
        guard let spec = data.workspace.configuration.feature(id) else {
            throw ApusError("config.unknown", "no enabled feature has this id", context: ["feature": id])
        }
        return spec
    }

    /// - Throws: `ApusError` `config.value` where the work on a feature asks for the feature itself.
    private func guarded<Result>(_ id: String, _ body: () throws -> Result) throws -> Result {
        guard !inProgress.contains(id) else {
            throw ApusError(
                "config.value", "features are made of each other in a circle",
                context: ["features": (inProgress + [id]).joined(separator: " -> ")])
        }
        inProgress.append(id)
        defer { inProgress.removeLast() }
        return try body()
    }

    // MARK: - Inputs

    /// A feature with its inputs found, not computed yet.
    struct Resolved {
        let spec: FeatureSpec
        let recipe: FeatureRecipe
        let series: [Series]
        /// Of each series the raw file that its rows are those of, and how many rows of the file come before; nil where it has
        /// none.
        var rawRows: [(file: String, before: Int)?] = []
        /// What the series are, in their order: decides with the recipe what the column means.
        let identity: JSONValue
        /// One text an input: changes where its content does.
        let contents: [String]
        let files: [InputFile]
        let calendar: String
        /// The features it is made of.
        let parents: [BuiltFeature]

        /// Digest of all that the column means.
        func specHash() throws -> String { try FeatureStore.specHash(recipe, identity) }
    }

    private static func specHash(_ recipe: FeatureRecipe, _ inputs: JSONValue) throws -> String {
        try Digest.of(JSONValue.object(["recipe": recipe.identity, "inputs": inputs])).hex
    }

    /// Digest of all that a feature's column means, without computing it or those that it is made of.
    /// - Throws: `ApusError`, `FeatureError`, `CalendarError`.
    func specHash(_ spec: FeatureSpec) throws -> String {
        guard case .features(let ids) = spec.inputs else { return try resolve(spec).specHash() }
        return try guarded(spec.id) {
            let parents = try ids.map { try specHash(try self.spec($0)) }
            return try Self.specHash(
                try FeatureRecipe(spec, columns: ids.count, library: library), Self.identity(parents, spec))
        }
    }

    /// - Throws: as `specHash(_:)` of a specification; `config.unknown`.
    func specHash(_ id: String) throws -> String { try specHash(try spec(id)) }

    /// What features that a feature is made of are, by their hashes.
    private static func identity(_ parents: [String], _ spec: FeatureSpec) -> JSONValue {
        .array(parents.map { ["feature": .string($0), "lag_sessions": .int(Int64(spec.availabilityLagDays ?? 0))] })
    }

    func resolve(_ spec: FeatureSpec) throws -> Resolved {
        guard let transform = library.transform(of: spec) else {
            throw FeatureError.unknownTransform(feature: spec.id, transform: spec.transform)
        }
        switch spec.inputs {
        case .columns(let columns, let source): return try resolve(spec, transform, columns, source)
        case .features(let ids): return try resolve(spec, transform, features: ids)
        }
    }

    private func resolve(
        _ spec: FeatureSpec, _ transform: TransformDefinition, _ named: [ColumnReference], _ source: DatasetReference
    ) throws -> Resolved {
        let own = try sources.table(source, symbol: spec.instrumentScope, lag: spec.availabilityLagDays, feature: spec.id)
        let columns = try named.isEmpty && !transform.columnRoles.isEmpty ? standardColumns(spec, transform, own) : named
        try checkCount(spec, transform, columns.count)
        var found = try columns.map {
            try sources.series(
                $0, own: source, scope: spec.instrumentScope, lag: spec.availabilityLagDays, feature: spec.id)
        }
        // Clock columns follow the columns in the order of the transform's inputs.
        let rows = found.first?.0 ?? own
        if transform.needsRecurringRows, let bars = rows.tradeBars {
            throw ApusError(
                "config.value",
                "\(transform.name) compares rows at the same second of several sessions, and \(bars) has none that recur",
                context: ["sheet": "FEATURE_LIBRARY", "row": spec.id])
        }
        var next = 0
        var ordered: [(SourceTable, Series)] = []
        for role in transform.inputs {
            if case .clock(let clock) = role {
                ordered.append((rows, rows.clock(clock)))
            } else {
                ordered.append(found[next])
                next += 1
            }
        }
        ordered += found[next...]
        found = ordered
        let recipe = try FeatureRecipe(spec, columns: found.count, library: library)
        var files: [InputFile] = []
        for (table, _) in found where !files.contains(table.input) { files.append(table.input) }
        return Resolved(
            spec: spec, recipe: recipe, series: found.map(\.1),
            rawRows: found.map { table, _ in table.rowsBefore.map { (table.input.path, $0) } },
            identity: .array(found.map { ["source": $0.identity, "column": .string($1.name)] }),
            contents: found.map { $0.1.contentDigest.hex }, files: files, calendar: rows.calendar, parents: [])
    }

    /// The source's columns that are called like the transform's roles; upper and lower case count as one.
    private func standardColumns(_ spec: FeatureSpec, _ transform: TransformDefinition, _ table: SourceTable) throws
        -> [ColumnReference]
    {
        try transform.columnRoles.map { role in
            let matches = table.columnNames.filter { $0.lowercased() == role }
            guard matches.count == 1, let reference = ColumnReference(matches[0]) else {
                throw ApusError(
                    "config.value", "input_col is blank and the source has no column \"\(role)\"",
                    context: [
                        "feature": spec.id, "transform": transform.name, "reads": transform.columnRoles.joined(separator: ", "),
                        "columns": table.columnNames.joined(separator: ", "),
                    ])
            }
            return reference
        }
    }

    private func resolve(_ spec: FeatureSpec, _ transform: TransformDefinition, features ids: [String]) throws -> Resolved {
        try checkCount(spec, transform, ids.count)
        guard transform.inputs.allSatisfy({ if case .column = $0 { true } else { false } }) else {
            throw FeatureError.wrongInputs(
                feature: spec.id, transform: transform.name, wants: "the calendar of a dataset's rows", given: ids.count)
        }
        let parents = try ids.map { try feature($0) }
        var files: [InputFile] = []
        for file in parents.flatMap(\.files) where !files.contains(file) { files.append(file) }
        let lag = spec.availabilityLagDays ?? 0
        return Resolved(
            spec: spec, recipe: try FeatureRecipe(spec, columns: ids.count, library: library),
            series: try parents.map { parent in
                do { return try parent.delayed(parent.column, sessions: lag) } catch let error as ApusError {
                    throw error.adding("feature", spec.id)
                }
            },
            identity: Self.identity(parents.map(\.specHash), spec),
            contents: parents.map { $0.specHash + $0.inputsDigest }, files: files,
            calendar: parents[0].resolved.calendar, parents: parents)
    }

    private func checkCount(_ spec: FeatureSpec, _ transform: TransformDefinition, _ given: Int) throws {
        guard !transform.columnCounts.contains(given) else { return }
        let roles = transform.columnRoles.joined(separator: ", ")
        let more =
            transform.repeats.upperBound > 1
            ? " (the last one \(transform.repeats.lowerBound) to \(transform.repeats.upperBound) times)" : ""
        throw FeatureError.wrongInputs(feature: spec.id, transform: transform.name, wants: roles + more, given: given)
    }

    // MARK: - Computation

    /// Takes a column from the cache, or computes what the cache lacks of it and keeps it there.
    /// - Parameter cache: nil to compute it whole and keep nothing.
    static func build(_ resolved: Resolved, cache: FeatureCache?) throws -> BuiltFeature {
        let specHash = try resolved.specHash()
        let inputsDigest = Digest.of(resolved.contents.joined(separator: "\n")).hex
        let entries = cache?.entries(specHash: specHash) ?? []
        for entry in entries where entry.manifest["inputs_digest"]?.stringValue == inputsDigest {
            // One that is damaged is replaced when this column is written.
            if let stored = cache?.read(entry) { return result(resolved, specHash, inputsDigest, stored, entry, .reused) }
        }
        let joined = try resolved.recipe.joined(resolved.series)
        let rows = try joined.applying(resolved.recipe.missingPolicy, feature: resolved.spec.id)
        let (stored, origin) = try compute(resolved, joined, rows, cache, entries)
        let asOf = rows.availableAt.max()
        let folder = (asOf?.compactDescription ?? "empty") + "-" + String(inputsDigest.prefix(12))
        let entry = try cache?.write(
            stored, specHash: specHash, name: folder,
            manifest: [
                "artifact_type": "apus-feature", "schema_version": "1.0.0", "spec_hash": .string(specHash),
                "recipe": resolved.recipe.identity, "inputs": resolved.identity,
                "as_of": asOf.map { .string($0.description) } ?? .null,
                "inputs_digest": .string(inputsDigest), "files": .array(resolved.files.map(\.json)),
                "joined_rows": .int(Int64(joined.count)), "joined_digest": .string(joined.digest(joined.count).hex),
            ])
        return result(resolved, specHash, inputsDigest, stored, entry, origin)
    }

    /// Continues the longest cached column whose rows are the beginning of these; computes the whole one where there is none.
    private static func compute(
        _ resolved: Resolved, _ joined: FeatureRows, _ rows: FeatureRows, _ cache: FeatureCache?, _ entries: [FeatureCache.Entry]
    ) throws -> (StoredFeature, BuiltFeature.Origin) {
        var stream = try resolved.recipe.stream()
        var (values, origin) = ([Double](), BuiltFeature.Origin.computed)
        for entry in entries {
            guard let count = entry.manifest["joined_rows"]?.intValue.map(Int.init), count <= joined.count,
                entry.rows <= rows.count,
                joined.digest(count).hex == entry.manifest["joined_digest"]?.stringValue, let stored = cache?.read(entry),
                stream.restore(stored.state)
            else { continue }
            values = stored.values
            origin = .continued(fromRow: values.count)
            break
        }
        let done = values.count
        values += stream.append(rows.columns.map { Array($0[done...]) })
        return (
            StoredFeature(labels: rows.labels, availableAt: rows.availableAt, values: values, state: stream.state), origin
        )
    }

    private static func result(
        _ resolved: Resolved, _ specHash: String, _ inputsDigest: String, _ stored: StoredFeature, _ entry: FeatureCache.Entry?,
        _ origin: BuiltFeature.Origin
    ) -> BuiltFeature {
        BuiltFeature(
            resolved: resolved, specHash: specHash, inputsDigest: inputsDigest,
            column: Series(
                name: resolved.spec.id, labels: stored.labels, values: stored.values, availableAt: stored.availableAt),
            entry: entry, origin: origin)
    }
}

/// A feature with its values.
struct BuiltFeature {
    enum Origin: Hashable {
        /// The cache had it.
        case reused
        /// The cache had its beginning.
        case continued(fromRow: Int)
        case computed
    }

    let resolved: FeatureStore.Resolved
    /// Digest of all that the column means: transforms with their versions, parameters, inputs and their availability.
    let specHash: String
    /// Digest of the inputs' contents.
    let inputsDigest: String
    let column: Series
    /// nil where the column is not kept.
    let entry: FeatureCache.Entry?
    let origin: Origin

    var id: String { resolved.spec.id }
    var files: [InputFile] { resolved.files }
    /// What decisions read.
    var feature: Feature { feature(reading: column) }

    /// The same of another version of the column.
    func feature(reading column: Series) -> Feature {
        Feature(id: id, lagRows: resolved.spec.lagRows, maxAge: resolved.spec.maxAge, series: column)
    }

    /// A version of this feature's column, known some sessions of its calendar later.
    /// - Throws: `ApusError` `calendar.coverage`.
    func delayed(_ column: Series, sessions: Int) throws -> Series {
        guard sessions > 0 else { return column }
        let calendar = try SessionCalendars.named(resolved.calendar)
        let times = try column.availableAt.map { time in
            do { return try Availability.later(time, by: sessions, calendar) } catch let error as CalendarError {
                throw ApusError(
                    "calendar.coverage", "\(error.description), and a value becomes known there",
                    context: ["input": id, "known": time.description, "availability_lag_days": "\(sessions)"])
            }
        }
        return Series(name: column.name, labels: column.labels, values: column.values, availableAt: times)
    }
}

extension Series {
    /// Digest of times and values: what a calendar, a rule or a file's reading changes is another content too.
    var contentDigest: Digest {
        FeatureRows(labels: labels, availableAt: availableAt, columns: [values]).digest(count)
    }
}

extension FeatureRows {
    /// Digest of the first rows: times and values, bit for bit.
    func digest(_ count: Int) -> Digest {
        var hasher = DigestHasher()
        for times in [labels, availableAt] { times[..<count].withUnsafeBytes { hasher.update($0) } }
        for column in columns { column[..<count].withUnsafeBytes { hasher.update($0) } }
        return hasher.finish()
    }
}
