import Contracts
import Features
import Primitives
import TestKit
import Testing

@Test(.enabled(if: Oracle.isInstalled, "the Python oracles are not installed"))
func sessionTransformsAgreeWithPandas() throws {
    let given: [String: JSONValue] = ["sessions": 3]
    let cases = TransformCatalogue.all.filter { $0.family == .session }.map { definition in
        TransformCase(definition.name, definition.parameters.contains { $0.name == "sessions" } ? given : [:])
    }
    #expect(cases.count >= 22)
    let openings = ["high", "low", "position"].map { TransformCase("opening_range_" + $0, ["minutes": 5]) }
    try compare(
        cases + openings + [TransformCase("session_volume_share", ["sessions": 1])], with: "features_session.py",
        samples: [.market(), .holes(), .constant(), irregular()])
}

/// Sessions of different lengths, some late, some without trades at first, one wholly missing; rows before the open.
private func irregular() -> TransformSample {
    let market = TransformSample.market()
    var columns = market.columns
    let names = ["open", "high", "low", "close", "volume"]
    for name in names {
        for row in 120..<180 { columns[name]?[row] = .nan }
    }
    for row in 240..<250 { columns["volume"]?[row] = 0 }
    for row in 300..<360 { columns["seconds_since_open"]?[row] -= 600 }
    let kept = (0..<(columns["open"]?.count ?? 0)).filter { !(360..<395).contains($0) && $0 % 60 != ($0 / 60) % 7 + 3 }
    return TransformSample(name: "irregular", columns: columns.mapValues { values in kept.map { values[$0] } })
}
