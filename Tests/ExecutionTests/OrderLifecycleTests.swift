import Execution
import Testing

/// Every (state, event) pair, against a table written by hand.
@Test func everyTransitionIsAsTheTableSays() throws {
    let events: [OrderEvent] = [
        .accept, .reject, .trigger, .fill(complete: false), .fill(complete: true), .replace, .cancel, .expire,
    ]
    let ended: [OrderState?] = Array(repeating: nil, count: events.count)
    let table: [OrderState: [OrderState?]] = [
        .created: [.accepted, .rejected, nil, nil, nil, nil, .cancelled, nil],
        .accepted: [nil, .rejected, .triggered, .partiallyFilled, .filled, .accepted, .cancelled, .expired],
        .triggered: [nil, .rejected, nil, .partiallyFilled, .filled, .triggered, .cancelled, .expired],
        .partiallyFilled: [nil, nil, .partiallyFilled, .partiallyFilled, .filled, .partiallyFilled, .cancelled, .expired],
        .filled: ended, .cancelled: ended, .rejected: ended, .expired: ended,
    ]
    #expect(table.count == OrderState.allCases.count)
    for state in OrderState.allCases {
        for (index, event) in events.enumerated() {
            let expected = try #require(table[state])[index]
            #expect((try? state.after(event)) == expected, "\(state) after \(event)")
            if expected == nil { #expect(throws: InvalidTransition(state: state, event: event)) { try state.after(event) } }
        }
        #expect(state.isTerminal == (table[state]?.allSatisfy { $0 == nil }))
    }
}
