/// The life of an order as a pure state machine: it takes events and returns the next state, or says why the event cannot be.
public enum OrderState: String, Hashable, Sendable, CaseIterable {
    case created, accepted
    /// A stop was reached; the order now works as a market or limit order.
    case triggered
    case partiallyFilled, filled, cancelled, rejected, expired

    public var isTerminal: Bool {
        switch self {
        case .filled, .cancelled, .rejected, .expired: true
        case .created, .accepted, .triggered, .partiallyFilled: false
        }
    }
}

public enum OrderEvent: Hashable, Sendable {
    case accept
    case reject
    /// The market reached the stop.
    case trigger
    case fill(complete: Bool)
    /// Quantity or prices changed.
    case replace
    case cancel
    /// Its time in force ended.
    case expire
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
        guard let next = next(event) else { throw InvalidTransition(state: self, event: event) }
        return next
    }

    /// - Precondition: the event can happen in this state.
    public func afterLegal(_ event: OrderEvent) -> OrderState {
        guard let next = next(event) else { preconditionFailure("\(event) cannot happen to an order that is \(self)") }
        return next
    }

    private func next(_ event: OrderEvent) -> OrderState? {
        switch (self, event) {
        case (.created, .accept): .accepted
        case (.created, .reject), (.accepted, .reject), (.triggered, .reject): .rejected
        case (.accepted, .trigger): .triggered
        case (.partiallyFilled, .trigger): .partiallyFilled
        case (.accepted, .fill(let complete)), (.triggered, .fill(let complete)), (.partiallyFilled, .fill(let complete)):
            complete ? .filled : .partiallyFilled
        case (.accepted, .replace), (.triggered, .replace), (.partiallyFilled, .replace): self
        case (.created, .cancel), (.accepted, .cancel), (.triggered, .cancel), (.partiallyFilled, .cancel): .cancelled
        case (.accepted, .expire), (.triggered, .expire), (.partiallyFilled, .expire): .expired
        default: nil
        }
    }
}
