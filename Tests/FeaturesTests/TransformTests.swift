import Features
import Foundation
import Primitives
import TestKit
import Testing

private let transforms: [(String, Transform)] = [
    ("level", .level), ("return", .simpleReturn), ("log_return", .logReturn), ("difference", .difference),
    ("sma", .sma(window: 7)),
    ("ema", .ema(window: 7)), ("zscore", .zscore(window: 7)), ("momentum", .momentum(window: 7)),
    ("volatility", .volatility(window: 7, periodsPerYear: 252)), ("sma_ratio", .smaRatio(window: 7)),
    ("rolling_sum", .rollingSum(window: 7)),
]

private func walk(seed: UInt64, count: Int) -> [Double] {
    var random = SeededGenerator(seed: seed)
    var value = 100.0
    return (0..<count).map { index in
        if index > 20 && index < 32 { return value }
        value *= exp(0.01 * random.nextNormal())
        return value
    }
}

/// pandas computes the same columns; a constant stretch is inside.
@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func transformsAgreeWithPandas() throws {
    let input = walk(seed: 5, count: 400)
    let folder = try TemporaryFolder()
    var columns: [String: JSONValue] = ["input": .array(input.map { .double($0) })]
    for (name, transform) in transforms {
        columns[name] = .array(transform.apply(to: input).map { $0.isNaN ? .null : .double($0) })
    }
    let file = folder.path + "/columns.json"
    try AtomicFile.write(try CanonicalJSON.text(.object(columns)), to: file)
    #expect(try Oracle.run(script: "features_transforms.py", arguments: [file]) == "ok\n")
}

/// The prefix property: what a transform says of the past does not change when the future comes.
@Test func noTransformLooksAhead() {
    let input = walk(seed: 9, count: 120)
    for (name, transform) in transforms {
        let whole = transform.apply(to: input)
        for cut in stride(from: 1, to: input.count, by: 7) {
            let part = transform.apply(to: Array(input[..<cut]))
            for index in 0..<cut {
                #expect(part[index].bitPattern == whole[index].bitPattern, "\(name) at \(index) of \(cut)")
            }
        }
    }
}
