import Contracts
import Features
import Market
import Primitives
public import Reporting

extension FeatureStage {
    /// A feature's whole history with what it is, what it rests on, and how an instrument's bars went on from it.
    /// - Parameter instrument: nil takes the feature's own instrument, else that of the first strategy that uses it, that whose
    ///   prices it reads, or that of the first strategy on its calendar.
    /// - Throws: `ApusError`, `FeatureError`, `CalendarError`.
    public func study(_ id: String, instrument: String? = nil) throws -> FeatureStudy {
        _ = try specs([id])
        let store = try store()
        return try FeatureStage.naming(id) {
            let built = try store.feature(id)
            let explanation = try FeatureExplanation(built, at: UnixNanos(0), reading: nil, workspace)
            return FeatureStudy(
                definition: FeatureStudy.Definition(built),
                inputs: built.inputs,
                files: explanation.sources.map { FeatureStudy.File(role: $0.role, path: $0.path, sha256: $0.sha256) },
                labels: built.column.labels, availableAt: built.column.availableAt, values: built.column.values,
                market: try market(instrument, built.resolved.spec, built.resolved.calendar).map {
                    try FeatureStudy.Market($0, built.feature, store.data)
                })
        }
    }

    /// The label of the last bar that has closed at a time; nil before the first.
    func decisionBar(of built: BuiltFeature, at time: UnixNanos, _ data: DataAccess) throws -> UnixNanos? {
        guard let market = try market(nil, built.resolved.spec, built.resolved.calendar) else {
            let row = built.column.rowsKnown(at: [time])[0]
            return row < 0 ? nil : built.column.labels[row]
        }
        let start = try SessionCalendars.named(market.calendar).coverage.lowerBound
        let bars = try InstrumentBars.load(market, data, from: start, through: nil).lane.bars
        return bars.last { $0.closeTime <= time }?.openTime
    }

    private func market(_ instrument: String?, _ spec: FeatureSpec, _ calendar: String) throws -> InstrumentSpec? {
        let configuration = workspace.configuration
        if let instrument {
            guard let known = configuration.instrument(instrument) else {
                let ids = configuration.instruments.map(\.id)
                throw ApusError(
                    "config.unknown", "no enabled instrument has this id",
                    context: [
                        "instrument": instrument, "did you mean": Suggestion.closest(to: instrument, among: ids) ?? "-",
                        "known": ids.joined(separator: ", "),
                    ])
            }
            return known
        }
        if let own = spec.instrumentScope.flatMap({ configuration.instrument($0) }) { return own }
        if let user = try configuration.strategies.first(where: { try configuration.uses($0, spec.id) }) {
            return configuration.instrument(user.instrumentID)
        }
        if case .columns(_, let source) = spec.inputs,
            let priced = configuration.instruments.first(where: { $0.prices == source })
        {
            return priced
        }
        return configuration.strategies.lazy.compactMap { configuration.instrument($0.instrumentID) }
            .first { $0.calendar == calendar }
    }
}

extension Configuration {
    /// Whether a strategy reads a feature: as its signal, in its gate or for its size, itself or through engineered ones.
    fileprivate func uses(_ strategy: StrategySpec, _ id: String) throws -> Bool {
        let backtests = Set(backtests.filter { $0.strategyID == strategy.id }.map(\.id))
        func isTarget(_ target: ConfigurationTarget) -> Bool {
            switch target {
            case .strategy(let name): name == strategy.id
            case .backtest(let name): backtests.contains(name)
            case .all, .instrument: false
            }
        }
        var wanted: Set<String> = [strategy.primaryFeatureID]
        if let secondary = strategy.secondaryFeatureID { wanted.insert(secondary) }
        for gate in gates where isTarget(gate.target) { wanted.formUnion(try GateExpression.parse(gate.expression).features) }
        for scaling in scalings where isTarget(scaling.target) { wanted.insert(scaling.featureID) }
        var open = Array(wanted)
        while let next = open.popLast() {
            guard case .features(let parents)? = feature(next)?.inputs else { continue }
            open += parents.filter { wanted.insert($0).inserted }
        }
        return wanted.contains(id)
    }
}

extension FeatureStudy.Definition {
    fileprivate init(_ built: BuiltFeature) {
        let recipe = built.resolved.recipe
        let transform = recipe.transform
        self.init(
            id: built.id, name: built.resolved.spec.name, transform: transform.name, family: transform.family.rawValue,
            formula: transform.formula, source: transform.source, units: transform.units, parameters: recipe.parameters.values,
            warmUp: recipe.warmUp, missingPolicy: recipe.missingPolicy.description,
            finish: built.resolved.spec.finish.map { step in
                let values = step.parameters.sorted { $0.key < $1.key }.map { key, value in
                    "\(key) \((try? CanonicalJSON.text(value)) ?? "")"
                }
                return "\(step.transform) (\(values.joined(separator: ", ")))"
            },
            specHash: built.specHash)
    }
}

extension FeatureStudy.Market {
    /// A decision is made at a bar's close, on what was known then. What could not be known is missing.
    fileprivate init(_ instrument: InstrumentSpec, _ feature: Feature, _ data: DataAccess) throws {
        let start = try SessionCalendars.named(instrument.calendar).coverage.lowerBound
        let bars = try InstrumentBars.load(instrument, data, from: start, through: nil).lane.bars
        self.init(
            instrument: instrument.id, closes: bars.map(\.close),
            known: bars.map { (try? feature.value(decisionTime: $0.closeTime, label: $0.openTime)) ?? .nan })
    }
}

extension BuiltFeature {
    /// In the order in which the transform reads them.
    fileprivate var inputs: [FeatureStudy.Input] {
        zip(resolved.series, resolved.identity.arrayValue ?? []).map { series, identity in
            let source = identity["source"]
            var rule = "known at the end of its row"
            if let text = source?["known_time_rule"]?.stringValue {
                rule = "known at \(text)" + Self.lag(source?["availability_lag_days"]?.intValue)
            } else if identity["feature"] != nil {
                rule = "known as the feature \(series.name) is" + Self.lag(identity["lag_sessions"]?.intValue)
            }
            return FeatureStudy.Input(name: series.name, availability: rule)
        }
    }

    private static func lag(_ sessions: Int64?) -> String {
        guard let sessions, sessions > 0 else { return "" }
        return ", \(sessions) session\(sessions == 1 ? "" : "s") later"
    }
}
