import Contracts
import Engine
import Market

/// The strategies of one account, each with an instrument of its own: they decide one after the other, in their order.
struct LaneStrategies<Decisions: DecisionMaker>: TradingStrategy {
    private var strategies: [TargetStrategy<Decisions>]

    init(_ decisions: [Decisions], schedule: @escaping (DecisionContext) -> FillSchedule) {
        strategies = decisions.enumerated().map { TargetStrategy($1, instrument: $0, schedule: schedule) }
    }

    /// Who has no bar at the label does not decide.
    mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) throws {
        for index in strategies.indices where slice.isPresent(index) { try strategies[index].decide(&desk, slice) }
    }

    mutating func ruleExits(_ instrument: Int, fraction: Double, _ desk: inout Desk, _ slice: MarketSlice) {
        strategies[instrument].ruleExits(instrument, fraction: fraction, &desk, slice)
    }

    func exitTerms(_ desk: borrowing Desk, _ slice: MarketSlice) -> Desk.Terms? { strategies[0].exitTerms(desk, slice) }
}
