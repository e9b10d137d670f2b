import Contracts
public import Primitives

extension Backtest {
    /// config.yaml: ML4T's configuration sections with the nearest equivalents, so that ml4t-backtest opens it, and the exact
    /// settings of this run under `metadata.apus`.
    public var configurationDocument: JSONValue {
        [
            "account": [
                "allow_short_selling": .bool(members.contains { $0.strategy.positionValues.contains { $0 < 0 } }),
                "allow_leverage": true,
            ],
            "execution": [
                "execution_price": .string(
                    spec.executionTime == .sameClose || spec.executionTime == .nextClose ? "close" : "open"),
                "execution_mode": .string(spec.executionTime == .sameClose ? "same_bar" : "next_bar"),
            ],
            "commission": members[0].commissionSection,
            "slippage": members[0].slippageSection,
            "cash": ["initial": .double(portfolio.initialCash)],
            "position_sizing": ["share_type": .string(portfolio.shareType.rawValue)],
            "metadata": ["apus": exact],
        ]
    }

    private var exact: JSONValue {
        var document: [String: JSONValue] = [
            "backtest": [
                "id": .string(spec.id), "start_date": text(spec.startDate?.description),
                "end_date": text(spec.endDate?.description),
                "rebalance_rule": .string(spec.rebalanceRule.rawValue), "execution_time": .string(executionTimeName),
                "execution_price_model": .string(spec.priceModel.rawValue), "allow_flip_same_day": .bool(spec.allowFlipSameDay),
                "min_hold_days": .int(Int64(spec.minHoldDays)), "cooldown_days": .int(Int64(spec.cooldownDays)),
                "as_of_date": text(spec.asOfDate?.description),
            ],
            "portfolio": [
                "id": .string(portfolio.id), "initial_cash": .double(portfolio.initialCash),
                "sizing_mode": .string(portfolio.sizing.rawValue),
                "sizing_value": .double(portfolio.sizingValue), "share_type": .string(portfolio.shareType.rawValue),
                "position_rules": portfolio.positionRules.configurationJSON ?? .null,
                "limits": portfolio.limits.configurationJSON ?? .null,
            ],
        ]
        if portfolio.capitalWeights.isEmpty {
            document.merge(members[0].exact) { first, _ in first }
        } else {
            document["members"] = .array(
                members.map { .object($0.exact.merging(["capital_weight": .double($0.weight)]) { first, _ in first }) })
        }
        return .object(document)
    }

    private var executionTimeName: String {
        switch spec.executionTime {
        case .nextOpen: "next_open"
        case .sameClose: "same_close"
        case .nextClose: "next_close"
        case .local(let time): time.description
        }
    }

}

private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

extension Backtest.Member {
    fileprivate var commissionSection: JSONValue {
        let model = costs.commission
        switch model.model {
        case .none: return ["model": "none"]
        case .perUnit: return ["model": "per_share", "per_share": .double(model.value), "minimum": .double(model.minimum)]
        case .perOrder: return ["model": "per_trade", "per_trade": .double(model.value), "minimum": .double(model.minimum)]
        case .percent: return ["model": "percentage", "rate": .double(model.value), "minimum": .double(model.minimum)]
        }
    }

    fileprivate var slippageSection: JSONValue {
        switch costs.slippage.model {
        case .none: ["model": "none"]
        case .fixed: ["model": "fixed", "fixed": .double(costs.slippage.value)]
        case .ticks: ["model": "fixed", "fixed": .double(costs.slippage.value * instrument.tickSize)]
        case .bps: ["model": "percentage", "rate": .double(costs.slippage.value / 10_000)]
        }
    }

    fileprivate var exact: [String: JSONValue] {
        [
            "strategy": [
                "id": .string(strategy.id), "template": .string(strategy.templateName),
                "parameters": .object(strategy.parameters),
                "primary_feature_id": .string(strategy.primaryFeatureID),
                "secondary_feature_id": text(strategy.secondaryFeatureID),
                "position_mode": .string(strategy.positionMode.rawValue),
                "position_values": .array(strategy.positionValues.map { .double($0) }),
            ],
            "instrument": [
                "id": .string(instrument.id), "prices": .string(instrument.prices.description),
                "tick_size": .double(instrument.tickSize),
                "multiplier": .double(instrument.multiplier), "currency": .string(instrument.currency),
                "calendar": .string(instrument.calendar),
            ],
            "costs": costs.json,
            "gate": gate.map { ["id": .string($0.id), "expression": .string($0.expression), "mode": .string($0.mode.rawValue)] }
                ?? .null,
            "scaling": scaling.map { scaling in
                [
                    "id": .string(scaling.id), "feature_id": .string(scaling.featureID),
                    "target_vol": .double(scaling.targetVolatility),
                    "min_scale": .double(scaling.minimumScale), "max_scale": .double(scaling.maximumScale),
                    "rebalance": .string(scaling.rebalance.rawValue),
                ]
            } ?? .null,
        ]
    }
}
