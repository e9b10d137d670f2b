import Features
import Primitives
import Testing

private let day = UnixNanos.perDay

/// Five daily rows labelled at midnight, known at 21:00 of the day `lag` days later.
private func feature(lagRows: Int?, lag: Int64) -> Feature {
    let labels = (0..<5 as Range<Int64>).map { UnixNanos($0 * day) }
    return Feature(
        id: "flow", lagRows: lagRows,
        series: Series(
            name: "flow", labels: labels, values: [10, 11, 12, 13, 14],
            availableAt: labels.map { $0 + lag * day + 21 * UnixNanos.perHour }))
}

@Test func withoutALagTheLatestAvailableValueIsRead() throws {
    let subject = feature(lagRows: nil, lag: 1)
    #expect(try subject.value(decisionTime: UnixNanos(day), label: UnixNanos(0)).isNaN)
    #expect(try subject.value(decisionTime: UnixNanos(day + 21 * UnixNanos.perHour), label: UnixNanos(day)) == 10)
    #expect(try subject.value(decisionTime: UnixNanos(3 * day), label: UnixNanos(3 * day)) == 11)
}

@Test func aValueAskedForTooEarlyIsAnErrorThatNamesAllThree() throws {
    let subject = feature(lagRows: 0, lag: 1)
    let decision = UnixNanos(2 * day + 21 * UnixNanos.perHour)
    let expected = FeatureError.notAvailable(
        feature: "flow", decisionTime: decision, availableTime: UnixNanos(3 * day + 21 * UnixNanos.perHour))
    #expect(throws: expected) { try subject.value(decisionTime: decision, label: UnixNanos(2 * day)) }
    #expect("\(expected)".contains("flow") && "\(expected)".contains("1970-01-03T21:00:00Z"))
    #expect("\(expected)".contains("1970-01-04T21:00:00Z"))
    #expect(try feature(lagRows: 1, lag: 1).value(decisionTime: decision, label: UnixNanos(2 * day)) == 11)
}

/// A row that is published late hides the rows behind it: nobody could have computed with them in order.
@Test func aLateRowHoldsBackItsSuccessors() throws {
    let labels = (0..<3 as Range<Int64>).map { UnixNanos($0 * day) }
    let subject = Feature(
        id: "late", lagRows: nil,
        series: Series(
            name: "late", labels: labels, values: [1, 2, 3],
            availableAt: [UnixNanos(day), UnixNanos(9 * day), UnixNanos(3 * day)]))
    #expect(try subject.value(decisionTime: UnixNanos(8 * day), label: UnixNanos(8 * day)) == 1)
    #expect(try subject.value(decisionTime: UnixNanos(9 * day), label: UnixNanos(8 * day)) == 3)
}
