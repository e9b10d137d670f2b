import Contracts
import Features
import Lake
import Primitives
import TestKit
import Testing

@testable import Pipeline

/// A column that grew in steps has the bytes of one that was computed whole, its values and its state.
@Suite struct FeatureSplitTests {
    private static let count = 1_000

    @Test func aColumnThatGrewEqualsAFreshOne() throws {
        let library = TransformLibrary(composed: try GrowingFeature.composed.map { try ComposedTransform.parse(YAML.parse($0)) })
        let cases = try GrowingFeature.all(Self.count, library)
        let folder = try TemporaryFolder("splits", inMemory: true)
        var (continued, transforms, features) = (0, Set<String>(), 0)
        for (seed, item) in cases.enumerated() {
            let grown = FeatureCache(root: folder.file("grown\(seed)")), fresh = FeatureCache(root: folder.file("fresh\(seed)"))
            var last: BuiltFeature?
            for stage in 0..<item.stages { last = try item.build(stage, library, grown) }
            let result = try #require(last), expected = try item.build(item.stages - 1, library, fresh)
            let place: Comment = "seed \(seed), \(item.spec.transform), \(item.spec.missingPolicy), cuts \(item.cuts)"
            #expect(expected.origin == .computed, place)
            let same = try Self.files(result) == Self.files(expected)
            #expect(same, place)
            #expect(result.column.values.map(\.bitPattern) == expected.column.values.map(\.bitPattern), place)
            if !item.isOutOfStep, case .computed = result.origin { Issue.record("computed whole: \(place)") }
            if case .continued(let row) = result.origin, row > 0, row < result.column.count { continued += 1 }
            if seed % 10 == 0 {
                // What was written is what is read.
                let again = try item.build(item.stages - 1, library, grown)
                #expect(again.origin == .reused, place)
                #expect(again.column.values.map(\.bitPattern) == result.column.values.map(\.bitPattern), place)
            }
            transforms.insert(item.spec.transform)
            if !item.parents.isEmpty { features += 1 }
            try Folder.remove(grown.root)
            try Folder.remove(fresh.root)
        }
        #expect(continued > Self.count / 2, "only \(continued) columns were continued")
        #expect(transforms.isSuperset(of: TransformCatalogue.names) && features > 50)
    }

    /// The bytes of the column's files.
    private static func files(_ built: BuiltFeature) throws -> [[UInt8]] {
        let folder = try #require(built.entry).folder
        return try ["values.parquet", "state.bin"].map { try FileBytes.read(folder + "/" + $0) }
    }
}

/// A feature of random rows that become known in some steps.
private struct GrowingFeature {
    let spec: FeatureSpec
    let columns: Int
    /// The whole inputs; those of the parents where there are any.
    var series: [Series] = []
    var parents: [GrowingFeature] = []
    /// When the steps but the last one end.
    var cuts: [UnixNanos] = []
    /// The second source comes with the last step alone, so that rows of the first one change.
    var isOutOfStep = false

    var stages: Int { cuts.count + 1 }

    func build(_ stage: Int, _ library: TransformLibrary, _ cache: FeatureCache) throws -> BuiltFeature {
        let inputs =
            try parents.isEmpty
            ? series.enumerated().map { known($0.element, stage, isSecond: $0.offset > 0) }
            : parents.map { try $0.build(stage, library, cache).column }
        return try FeatureStore.build(
            .init(
                spec: spec, recipe: try FeatureRecipe(spec, columns: columns, library: library), series: inputs,
                identity: .array(inputs.map { .string($0.name) }), contents: inputs.map { "\($0.count)" } + [spec.id], files: [],
                calendar: "", parents: []), cache: cache)
    }

    private func known(_ series: Series, _ stage: Int, isSecond: Bool) -> Series {
        guard stage < cuts.count else { return series }
        let isLate = isOutOfStep && isSecond && series.name.hasPrefix("b!")
        let time = isLate ? UnixNanos(cuts[stage].rawValue - 40 * UnixNanos.perMinute) : cuts[stage]
        let kept = series.availableAt.prefix { $0 <= time }.count
        return Series(
            name: series.name, labels: Array(series.labels[..<kept]), values: Array(series.values[..<kept]),
            availableAt: Array(series.availableAt[..<kept]))
    }

    static let composed = [
        """
        name: composed_trend
        formula: z-score of the mean return
        source: this test
        units: standard deviations
        inputs: [close]
        parameters:
          window: {kind: integer, least: 2, default: 9, comment: rows}
        steps:
          - {id: r, transform: log_return, inputs: [close]}
          - {id: m, transform: sma, inputs: [r], parameters: {window: $window}}
          - {id: z, transform: zscore, inputs: [m], parameters: {window: $window}}
        output: z
        """,
        """
        name: composed_pair
        formula: difference of two recursions
        source: this test
        units: as the inputs
        inputs: [x, y]
        steps:
          - {id: a, transform: ema, inputs: [x], parameters: {window: 5}}
          - {id: b, transform: ema, inputs: [y], parameters: {window: 8}}
          - {id: d, transform: rolling_correlation, inputs: [a, b], parameters: {window: 6}}
        output: d
        """,
    ]

    /// Every transform of the library in turn; every tenth feature is made of two others.
    static func all(_ count: Int, _ library: TransformLibrary) throws -> [GrowingFeature] {
        let definitions = library.all
        var made = (libraryRows: [JSONValue](), engineeredRows: [JSONValue](), shapes: [(Int, isCombination: Bool)]())
        var next = 0
        for seed in 0..<count {
            var random = SeededGenerator(seed: UInt64(seed))
            let isCombination = seed % 10 == 9
            let definition =
                isCombination
                ? TransformCatalogue.combinations[seed / 10 % TransformCatalogue.combinations.count]
                : definitions[next % definitions.count]
            if !isCombination { next += 1 }
            let repeats = definition.repeats
            let columns = definition.inputs.count - 1 + min(repeats.upperBound, max(repeats.lowerBound, isCombination ? 2 : 3))
            var row: [String: JSONValue] = [
                "params_json": .object(try parameters(of: definition, columns, &random)),
                "missing_policy": ["error", "drop", "ffill", "ffill:2", "zero", "constant:1.5"][seed % 6],
            ]
            if isCombination {
                row["eng_feature_id"] = .string("f\(seed)")
                row["combine_transform"] = .string(definition.name)
                row["input_feature_ids"] = .array([.string("f\(seed - 1)"), .string("f\(seed - 2)")])
                // Its inputs miss values while they warm up.
                if seed % 6 == 0 { row["missing_policy"] = "drop" }
                made.engineeredRows.append(.object(row))
            } else {
                row["feature_id"] = .string("f\(seed)")
                row["dataset_id"] = "D"
                row["transform"] = .string(definition.name)
                row["winsorize"] = ["none", "0.05:0.95:20", "none"][seed % 3]
                row["normalize"] =
                    ["none", "zscore:15", "none", "robust_zscore:9", "percentile_rank:12", "minmax_scale:7"][seed % 7 % 6]
                made.libraryRows.append(.object(row))
            }
            made.shapes.append((columns, isCombination))
        }
        let configuration = try Configuration(
            snapshot: [
                "schema": "apus-config/1",
                "sheets": [
                    "PATHS": [.object(try SmallWorkspace().paths)], "FEATURE_LIBRARY": .array(made.libraryRows),
                    "ENGINEERED_FEATURES": .array(made.engineeredRows),
                ],
            ], workspace: "/w")
        var cases: [GrowingFeature] = []
        for (seed, shape) in made.shapes.enumerated() {
            let spec = try #require(configuration.feature("f\(seed)"))
            var random = SeededGenerator(seed: UInt64(seed) + 1_000_000)
            var item = GrowingFeature(spec: spec, columns: shape.0)
            if shape.isCombination {
                item.parents = [cases[seed - 1], cases[seed - 2]]
                // One history: the first parent's rows and steps are those of both.
                item.cuts = item.parents[0].cuts
                for index in item.parents.indices {
                    item.parents[index].cuts = item.cuts
                    item.parents[index].isOutOfStep = false
                }
            } else {
                let definition = try #require(library.named(spec.transform))
                item.series = inputs(of: definition, shape.0, hasHoles: spec.missingPolicy != .error, seed, &random)
                let rows = item.series[0].availableAt
                item.cuts = (0..<(1 + seed % 2)).map { _ in rows[Int(random.next() % UInt64(rows.count))] }.sorted()
                item.isOutOfStep = seed % 11 == 3 && item.series.contains { $0.name.hasPrefix("b!") }
            }
            cases.append(item)
        }
        return cases
    }

    /// Small windows where the transform takes them, its defaults elsewhere.
    private static func parameters(
        of definition: TransformDefinition, _ columns: Int, _ random: inout SeededGenerator
    ) throws -> [String: JSONValue] {
        func given(small: Bool) -> [String: JSONValue] {
            var values: [String: JSONValue] = [:]
            for spec in definition.parameters where small || (spec.isRequired && spec.defaultValue == nil) {
                let least = spec.range?.lowerBound ?? 0, most = spec.range?.upperBound ?? 1e6
                switch spec.kind {
                case .integer:
                    values[spec.name] = .int(Int64(min(most, max(least, small ? 2 : 7) + Double(random.next() % 9))))
                case .number where spec.defaultValue == nil && spec.isRequired:
                    values[spec.name] = .double(spec.name == "periods_per_year" ? 252 : min(most, max(least, 0.5)))
                case .numberArray: values[spec.name] = .array((0..<columns).map { .double(0.5 + Double($0)) })
                default: break
                }
            }
            return values
        }
        for _ in 0..<8 {
            let values = given(small: true)
            if (try? definition.makeKernel(values, columns: columns)) != nil { return values }
        }
        let values = given(small: false)
        _ = try definition.makeKernel(values, columns: columns)
        return values
    }

    /// One-minute rows of source a; of some transforms the last column is one of source b, slower and published with delays.
    private static func inputs(
        of definition: TransformDefinition, _ columns: Int, hasHoles: Bool, _ seed: Int, _ random: inout SeededGenerator
    ) -> [Series] {
        let rows = 50 + Int(random.next() % 70)
        let start: Int64 = 1_700_000_000_000_000_000
        let minute = UnixNanos.perMinute
        let labels = (0..<rows).map { UnixNanos(start + Int64($0) * minute) }
        let known = labels.map { $0 + minute }
        var slow: [UnixNanos] = [], slowKnown: [UnixNanos] = []
        var latest = start
        for index in 0..<(rows / 3) {
            let label = start + Int64(index) * 3 * minute
            latest = max(latest, label + 3 * minute + Int64(random.next() % 5) * minute)
            slow.append(UnixNanos(label))
            slowKnown.append(UnixNanos(latest))
        }
        func walk(_ count: Int) -> [Double] {
            var price = 50 + 50 * random.nextUnit()
            return (0..<count).map { row in
                // A stretch of equal values, and holes.
                if row % 50 < 44 { price *= 1 + 0.01 * random.nextNormal() }
                return hasHoles && random.nextUnit() < 0.04 ? .nan : price
            }
        }
        let isJoined = columns > 1 && seed % 2 == 0
        return (0..<columns).map { index in
            if index < definition.inputs.count, case .clock(let clock) = definition.inputs[index] {
                let values = labels.indices.map { row -> Double in
                    let day = row / 30, second = Double(row % 30) * 60
                    switch clock {
                    case .tradeDate: return Double(19_700 + day + 2 * (day / 5))
                    case .labelSeconds: return Double(labels[row].rawValue) / 1e9
                    case .secondsSinceOpen: return second
                    case .secondsToClose: return 1_740 - second
                    }
                }
                return Series(name: "a!clock\(index)", labels: labels, values: values, availableAt: known)
            }
            if isJoined, index == columns - 1, index > 0 {
                return Series(name: "b!\(index)", labels: slow, values: walk(slow.count), availableAt: slowKnown)
            }
            return Series(name: "a!\(index)", labels: labels, values: walk(rows), availableAt: known)
        }
    }
}
