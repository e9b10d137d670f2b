import Contracts
import Foundation
import Primitives
import TestKit
import Testing

@testable import Features

/// A transform with parameters on named columns of the samples.
struct TransformCase {
    let name: String
    var parameters: [String: JSONValue] = [:]
    /// The sample columns it reads; nil takes those that the transform's roles name.
    var columns: [String]?

    init(_ name: String, _ parameters: [String: JSONValue] = [:], columns: [String]? = nil) {
        self.name = name
        self.parameters = parameters
        self.columns = columns
    }

    var definition: TransformDefinition? { TransformCatalogue.named(name) }

    /// One for every transform of the catalogue, with defaults, and small windows where there is no default.
    static let wholeCatalogue: [TransformCase] = TransformCatalogue.all.map { definition in
        var parameters: [String: JSONValue] = [:]
        for spec in definition.parameters where spec.isRequired && spec.defaultValue == nil {
            let least = spec.range?.lowerBound ?? 0
            switch spec.kind {
            case .integer: parameters[spec.name] = .int(Int64(max(least, 7)))
            case .number: parameters[spec.name] = .double(spec.name == "periods_per_year" ? 252 : max(least, 0.5))
            default: Issue.record("\(definition.name): the parameter \(spec.name) needs a default for this test")
            }
        }
        let roles = definition.inputs.map { role in
            switch role {
            case .column(let name): name
            case .clock(let clock): clock.rawValue
            }
        }
        let extra = definition.repeats.upperBound > 1 ? ["y", "close"] : []
        return TransformCase(definition.name, parameters, columns: roles + extra)
    }

    func columnNames(_ definition: TransformDefinition) -> [String] {
        columns
            ?? definition.inputs.map { role in
                switch role {
                case .column(let name): name
                case .clock(let clock): clock.rawValue
                }
            }
    }

    func kernel() throws -> any Kernel {
        let definition = try #require(definition, "no transform \(name)")
        return try definition.makeKernel(parameters, columns: columnNames(definition).count)
    }

    func inputs(_ sample: TransformSample) throws -> [[Double]] {
        let definition = try #require(definition, "no transform \(name)")
        return try columnNames(definition).map { try #require(sample.columns[$0], "no sample column \($0)") }
    }
}

/// Seeded input columns by name: bars of 390 a session, and series beside them.
struct TransformSample {
    let name: String
    var columns: [String: [Double]]

    /// A market without gaps.
    static func market(seed: UInt64 = 5, count: Int = 900, bars: Int = 60) -> TransformSample {
        var random = SeededGenerator(seed: seed)
        var columns: [String: [Double]] = [:]
        var close = 100.0, other = 50.0, funding = 0.0001, interest = 1_000_000.0
        for row in 0..<count {
            let open = close * exp(0.0005 * random.nextNormal())
            let move = 0.01 * random.nextNormal()
            close = open * exp(move)
            other *= exp(0.6 * move + 0.006 * random.nextNormal())
            let high = max(open, close) * exp(0.004 * abs(random.nextNormal()))
            let low = min(open, close) * exp(-0.004 * abs(random.nextNormal()))
            let buy = (1_000 * exp(0.5 * random.nextNormal())).rounded(), sell = (900 * exp(0.5 * random.nextNormal())).rounded()
            funding = 0.9 * funding + 0.0001 * random.nextNormal()
            interest *= exp(0.01 * random.nextNormal())
            let day = row / bars, second = Double(row % bars) * 60
            let values: [(String, Double)] = [
                ("open", open), ("high", high), ("low", low), ("close", close), ("x", close), ("y", other),
                ("volume", buy + sell), ("buy_volume", buy), ("sell_volume", sell),
                ("trade_count", ((buy + sell) / 7).rounded(.up)),
                ("funding_rate", funding), ("open_interest", interest),
                ("mark_price", close * (1 + 0.0002 * random.nextNormal())),
                ("bid", close - 0.01), ("ask", close + 0.01 + 0.01 * random.nextUnit()),
                ("bid_size", (1 + 40 * random.nextUnit()).rounded()), ("ask_size", (1 + 40 * random.nextUnit()).rounded()),
                ("trade_date", Double(19_700 + day + 2 * (day / 5))),
                ("label_seconds", Double(19_700 + day + 2 * (day / 5)) * 86_400 + 52_200 + second),
                ("seconds_since_open", second), ("seconds_to_close", Double(bars) * 60 - second - 60),
            ]
            for (name, value) in values { columns[name, default: []].append(value) }
        }
        columns.merge(flowColumns(columns, seed: seed)) { own, _ in own }
        return TransformSample(name: "market", columns: columns)
    }

    private static let clockNames = Set(ClockColumn.allCases.map(\.rawValue))

    /// The market with a stretch of equal values and holes of one and of several rows.
    static func holes(seed: UInt64 = 5) -> TransformSample {
        var sample = market(seed: seed)
        for (name, values) in sample.columns where !clockNames.contains(name) {
            var values = values
            for row in 300..<360 { values[row] = values[300] }
            for row in [420, 500, 501, 502] { values[row] = .nan }
            sample.columns[name] = values
        }
        return TransformSample(name: "holes", columns: sample.columns)
    }

    /// The market with prices of 0, negative and infinite ones in x.
    static func oddPrices(seed: UInt64 = 5) -> TransformSample {
        var sample = market(seed: seed)
        for (row, factor) in [(150, 0), (210, -1), (270, Double.infinity), (700, -Double.infinity), (760, 0), (761, 0)] {
            sample.columns["x"]?[row] *= factor
        }
        return TransformSample(name: "odd prices", columns: sample.columns)
    }

    /// Every column constant.
    static func constant(seed: UInt64 = 5) -> TransformSample {
        var sample = market(seed: seed, count: 300)
        for (name, values) in sample.columns where !clockNames.contains(name) {
            sample.columns[name] = values.map { _ in values[0] }
        }
        return TransformSample(name: "constant", columns: sample.columns)
    }
}

/// Lets a Python script recompute the cases on each of the samples and compare.
/// - Parameter python312: whether the script needs the packages of Python 3.12.
func compare(
    _ cases: [TransformCase], with script: String, samples: [TransformSample]? = nil, python312: Bool = false
) throws {
    let samples = samples ?? [.market(), .holes(), .constant()]
    var results: [JSONValue] = []
    for sample in samples {
        for item in cases {
            let definition = try #require(item.definition, "no transform \(item.name)")
            var kernel = try item.kernel()
            let values = kernel.apply(try item.inputs(sample))
            results.append([
                "name": .string(item.name), "sample": .string(sample.name), "parameters": .object(try filled(item, definition)),
                "columns": .array(item.columnNames(definition).map { .string($0) }), "values": .array(values.map(json)),
            ])
        }
    }
    let document: JSONValue = [
        "samples": .object(
            Dictionary(uniqueKeysWithValues: samples.map { ($0.name, .object($0.columns.mapValues { .array($0.map(json)) })) })),
        "cases": .array(results),
    ]
    let folder = try TemporaryFolder()
    let file = folder.path + "/cases.json"
    try AtomicFile.write(try CanonicalJSON.text(document), to: file)
    let answer =
        python312 ? try Oracle.run312(script: script, arguments: [file]) : try Oracle.run(script: script, arguments: [file])
    #expect(answer == "ok \(results.count)\n")
}

private func filled(_ item: TransformCase, _ definition: TransformDefinition) throws -> [String: JSONValue] {
    try TransformParameters(definition, item.parameters).values
}

/// NaN is null; infinities are texts.
private func json(_ value: Double) -> JSONValue {
    value.isNaN ? .null : value.isInfinite ? .string(value > 0 ? "inf" : "-inf") : .double(value)
}
