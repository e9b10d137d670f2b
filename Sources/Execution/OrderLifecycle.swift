/// The life of an order as a pure state machine: it takes events and returns the next state, or says why the event cannot be.
public enum OrderState: String, Hashable, Sendable, CaseIterable {
    case created, accepted, partiallyFilled, filled, cancelled, rejected

    public var isTerminal: Bool { self == .filled || self == .cancelled || self == .rejected }
}

public enum OrderEvent: Hashable, Sendable {
    case accept
    case reject
    case fill(complete: Bool)
    case cancel
}

/// An event that cannot happen in a state.
public struct InvalidTransition: Error, Hashable, Sendable {
    public let state: OrderState
    public let event: OrderEvent

    public init(state: OrderState, event: OrderEvent) {
        self.state = state
        self.event = event
    }
}

extension OrderState {
    /// - Throws: `InvalidTransition`.
    public func after(_ event: OrderEvent) throws(InvalidTransition) -> OrderState {
        switch (self, event) {
        case (.created, .accept): .accepted
        case (.created, .reject): .rejected
        case (.accepted, .fill(let complete)), (.partiallyFilled, .fill(let complete)): complete ? .filled : .partiallyFilled
        case (.created, .cancel), (.accepted, .cancel), (.partiallyFilled, .cancel): .cancelled
        default: throw InvalidTransition(state: self, event: event)
        }
    }
}
