import Execution
import Testing

/// Every (state, event) pair, against a table written by hand.
@Test func everyTransitionIsAsTheTableSays() throws {
    let events: [OrderEvent] = [.accept, .reject, .fill(complete: false), .fill(complete: true), .cancel]
    let table: [OrderState: [OrderState?]] = [
        .created: [.accepted, .rejected, nil, nil, .cancelled],
        .accepted: [nil, nil, .partiallyFilled, .filled, .cancelled],
        .partiallyFilled: [nil, nil, .partiallyFilled, .filled, .cancelled],
        .filled: [nil, nil, nil, nil, nil],
        .cancelled: [nil, nil, nil, nil, nil],
        .rejected: [nil, nil, nil, nil, nil],
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
