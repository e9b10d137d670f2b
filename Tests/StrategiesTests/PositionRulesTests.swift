import Strategies
import Testing

private let open = PositionRules.Gate.none
private let closed = PositionRules.Gate(open: false, alsoBlocksExits: false)
private let locked = PositionRules.Gate(open: false, alsoBlocksExits: true)

private func rules(flip: Bool = true, hold: Int = 0, cooldown: Int = 0, values: [Double] = [-1, 0, 1]) -> PositionRules {
    PositionRules(positionValues: values, allowFlipSameDay: flip, minHoldDays: hold, cooldownDays: cooldown)
}

@Test func aGateBlocksEntriesButNotExits() {
    var subject = rules()
    #expect(subject.decide(desired: 1, gate: closed, day: 0) == 0)
    #expect(subject.decide(desired: 1, gate: open, day: 1) == 1)
    #expect(subject.decide(desired: 1, gate: closed, day: 2) == 1)
    #expect(subject.decide(desired: -1, gate: closed, day: 3) == 0)
}

@Test func aGateForEntriesAndExitsFreezesThePosition() {
    var subject = rules()
    #expect(subject.decide(desired: 1, gate: open, day: 0) == 1)
    #expect(subject.decide(desired: 0, gate: locked, day: 1) == 1)
    #expect(subject.decide(desired: 0, gate: open, day: 2) == 0)
}

@Test func minimumHoldingAndCooldownCountTradeDates() {
    var subject = rules(hold: 2, cooldown: 2)
    #expect(subject.decide(desired: 1, gate: open, day: 0) == 1)
    #expect(subject.decide(desired: -1, gate: open, day: 1) == 1)
    #expect(subject.decide(desired: -1, gate: open, day: 2) == 0)
    #expect(subject.decide(desired: -1, gate: open, day: 3) == 0)
    #expect(subject.decide(desired: -1, gate: open, day: 4) == -1)
}

@Test func aFlipOnTheSameDayCanBeForbidden() {
    var subject = rules(flip: false)
    #expect(subject.decide(desired: 1, gate: open, day: 0) == 1)
    #expect(subject.decide(desired: -1, gate: open, day: 1) == 0)
    #expect(subject.decide(desired: -1, gate: open, day: 1) == 0)
    #expect(subject.decide(desired: -1, gate: open, day: 2) == -1)
}

@Test func positionsOutsideTheAllowedValuesAreFlat() {
    var subject = rules(values: [0, 1])
    #expect(subject.decide(desired: -1, gate: open, day: 0) == 0)
    #expect(subject.decide(desired: 1, gate: open, day: 0) == 1)
    #expect(subject.decide(desired: -1, gate: open, day: 1) == 0)
}
