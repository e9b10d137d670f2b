import Contracts
import Portfolio
import Primitives

extension EngineConfiguration {
    /// Refuses what the engine does not act on, and what contradicts itself once the assets are known.
    /// - Throws: `ApusError` `config.unsupported` or `config.value` naming the key.
    func checkSupported(assets: [String], schedule: AccountSchedule, feed events: EventFeed?) throws {
        func refuse(_ key: String, _ value: String, _ message: String) -> ApusError {
            ApusError("config.unsupported", message, context: ["key": key, "value": value])
        }
        if execution.corporateActionPolicy != .declaredTerms {
            throw refuse(
                "execution.corporate_action_policy", execution.corporateActionPolicy.rawValue,
                "splits and dividends are applied as declared_terms")
        }
        if let (key, file) = apus.eventFiles.first {
            guard events != nil else { throw refuse("apus." + key, file, "nobody reads the file here") }
            guard execution.executionMode == .nextBar else {
                throw ApusError(
                    "config.value", "orders live inside of bars with execution_mode next_bar only",
                    context: ["key": "apus." + key])
            }
            // A bar that is labelled by its close opened before an order that it is compared with arrived.
            guard apus.finerBars == nil || apus.latencyNanos == 0 || !feed.labelsAreCloses else {
                throw refuse(
                    "apus.latency_nanos", "\(apus.latencyNanos)", "finer bars that are labelled by their close know no latency")
            }
        } else if events != nil {
            throw ApusError("config.value", "there are events that the configuration does not ask for", context: ["key": "apus"])
        }
        for (asset, instrument) in apus.instruments.sorted(by: { $0.key < $1.key }) {
            if let code = instrument.currency, code != code.uppercased() {
                throw ApusError(
                    "config.value", "currencies are written in capitals, such as EUR",
                    context: ["key": "apus.instruments.\(asset).currency", "value": code])
            }
            if let currency = foreignCurrency(of: asset), apus.conversion == nil {
                throw ApusError(
                    "config.value",
                    "an instrument in another currency than the account's, \(apus.currency), needs apus.conversion",
                    context: ["key": "apus.instruments.\(asset).currency", "value": currency])
            }
            if instrument.initialMargin != nil, !account.allowLeverage {
                throw ApusError(
                    "config.value", "margins need account.allow_leverage",
                    context: ["key": "apus.instruments.\(asset).initial_margin"])
            }
        }
        guard apus.currency == apus.currency.uppercased() else {
            throw ApusError(
                "config.value", "currencies are written in capitals, such as EUR",
                context: ["key": "apus.currency", "value": apus.currency])
        }
        for asset in assets {
            guard let currency = foreignCurrency(of: asset), !schedule.conversion.contains(where: { $0.currency == currency })
            else { continue }
            throw ApusError(
                "conversion.missing", "there is no rate of the currency",
                context: ["currency": currency, "asset": asset, "file": apus.conversion?.file ?? ""])
        }
        guard apus.funding != nil || schedule.funding.isEmpty, apus.actions != nil || schedule.actions.isEmpty else {
            throw ApusError("config.value", "there are events that the configuration does not ask for", context: ["key": "apus"])
        }
    }

    /// The currency of an asset's prices where it is not the account's.
    func foreignCurrency(of asset: String) -> String? {
        apus.instruments[asset]?.currency.flatMap { $0 == apus.currency ? nil : $0 }
    }
}
