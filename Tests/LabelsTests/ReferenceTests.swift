import Labels
import Primitives
import TestKit
import Testing

/// Every label against a row-by-row computation in numpy: values, ends and what lies beside them.
@Test(.enabled(if: Oracle.isInstalled), arguments: LabelCatalogue.all.filter { $0.family != .crossSection }.map(\.name))
func agreesWithTheDefinition(_ name: String) throws {
    try compareLabels(LabelCase.all.filter { $0.name == name }, samples: LabelSample.all(), with: "labels_reference.py")
}

/// Lets a Python script recompute the cases on each of the samples and compare.
func compareLabels(_ cases: [LabelCase], samples: [LabelSample], with script: String, python312: Bool = false) throws {
    var results: [JSONValue] = []
    for sample in samples {
        for item in cases {
            let column = try item.build(sample)
            var sides: [String: JSONValue] = [:]
            for side in column.sides {
                // An instant is compared as the row of its bar.
                let rows = side.instants?.map { time in time.map { Double(sample.prices.rowsKnown(by: $0) - 1) } ?? .nan }
                sides[side.name] = json(side.numbers ?? rows ?? [])
            }
            results.append([
                "name": .string(item.name), "sample": .string(sample.name), "parameters": .object(column.parameters),
                "inputs": .array(item.inputs.map(\.rawValue).sorted().map { .string($0) }), "values": json(column.values),
                "ends": .array(column.endRows.map { $0.map { .int(Int64($0)) } ?? .null }), "sides": .object(sides),
            ])
        }
    }
    let tables = Dictionary(uniqueKeysWithValues: samples.map { ($0.name, table($0)) })
    let document: JSONValue = ["samples": .object(tables), "cases": .array(results)]
    let folder = try TemporaryFolder()
    let file = folder.path + "/labels.json"
    try AtomicFile.write(try CanonicalJSON.text(document), to: file)
    let answer =
        python312 ? try Oracle.run312(script: script, arguments: [file]) : try Oracle.run(script: script, arguments: [file])
    #expect(answer == "ok \(results.count)\n")
}

private func table(_ sample: LabelSample) -> JSONValue {
    let prices = sample.prices
    return [
        "open": json(prices.open ?? []), "high": json(prices.high), "low": json(prices.low), "close": json(prices.close),
        "volatility": json(sample.inputs.volatility ?? []), "side": json(sample.inputs.side ?? []),
        "benchmark": json(sample.inputs.benchmark ?? []),
        "known": .array(prices.availableAt.map { .int($0.rawValue) }),
        "session": .array((prices.sessionCloses ?? []).map { .int($0.rawValue) }),
    ]
}

func json(_ values: [Double]) -> JSONValue { .array(values.map { $0.isNaN ? .null : .double($0) }) }
