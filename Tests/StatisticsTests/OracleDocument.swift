import Primitives
import Statistics
import TestKit
import Testing

/// What Tests/Oracles/stats_returns.py says about one return series.
struct OracleDocument {
    let json: JSONValue
    let dates: [CivilDate]
    let returns: [Double]

    init(kind: String, file: String) throws {
        json = try JSONParser.parse(try Oracle.run(script: "stats_returns.py", arguments: [kind, file]))
        dates = try #require(json["dates"]?.arrayValue).compactMap { $0.stringValue.flatMap { CivilDate($0) } }
        returns = try Self.numbers(json["returns"])
    }

    static func numbers(_ value: JSONValue?) throws -> [Double] {
        try #require(value?.arrayValue).map { try #require($0.doubleValue) }
    }

    func numbers(_ key: String) throws -> [Double] { try Self.numbers(json[key]) }
}

/// Equal to 1e-9 relative; where the true value is 0 (or next to it), to 1e-15 absolute.
func agrees(_ ours: Double?, _ theirs: Double?) -> Bool {
    guard let ours, let theirs else { return ours == nil && theirs == nil }
    return abs(ours - theirs) <= max(1e-9 * max(abs(ours), abs(theirs)), 1e-15)
}

func expectAgreement(
    _ ours: [Double?], _ theirs: [Double?], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(ours.count == theirs.count, "\(name): count", sourceLocation: sourceLocation)
    for (index, pair) in zip(ours, theirs).enumerated() where !agrees(pair.0, pair.1) {
        let text = "\(name)[\(index)]: \(String(describing: pair.0)) is not \(String(describing: pair.1))"
        Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
        return
    }
}
