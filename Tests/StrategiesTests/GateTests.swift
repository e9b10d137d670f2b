import Contracts
import Strategies
import Testing

private func answer(_ text: String, _ values: [String: Double]) throws -> Bool? {
    try GateExpression.parse(text).evaluate { values[$0] ?? .nan }
}

@Test func gatesFollowThreeValuedLogic() throws {
    let values = ["a": 1.0, "b": 2.0]
    #expect(try answer("a < 2 AND NOT (b > 2 OR a = 0)", values) == true)
    #expect(try answer("a < 2 AND missing > 0", values) == nil)
    #expect(try answer("a > 2 AND missing > 0", values) == false)
    #expect(try answer("a < 2 OR missing > 0", values) == true)
    #expect(try answer("NOT missing > 0", values) == nil)
}
