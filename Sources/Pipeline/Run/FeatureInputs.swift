import Contracts
import Features
import Market
import Primitives

/// Builds features from the workspace's tables, with the time each value became available.
struct FeatureInputs {
    let data: DataAccess

    struct Built {
        let feature: Feature
        let input: InputFile
    }

    /// - Throws: `ApusError`, `FeatureError`, `CalendarError`.
    func build(_ spec: FeatureSpec) throws -> Built {
        if spec.source.table != nil { return try derived(spec) }
        guard let dataset = data.workspace.configuration.dataset(spec.source.datasetID) else {
            throw ApusError(
                "config.unknown", "DATASETS has no enabled row \"\(spec.source.datasetID)\"", context: ["feature": spec.id])
        }
        guard let rule = dataset.knownTimeRule else {
            throw ApusError(
                "config.value", "a daily dataset that feeds a feature needs a known_time_rule",
                context: ["sheet": "DATASETS", "row": dataset.id, "feature": spec.id])
        }
        let (table, input) = try data.daily(dataset.id)
        let values = try data.column(spec.inputColumn, of: table, dataset.id)
        let calendar = try SessionCalendars.named(rule.calendar)
        let lag = spec.availabilityLagDays ?? dataset.availabilityLagDays
        // A feature's history begins where its calendar does: before it nobody can say when a value became known.
        let known = table.dates.indices.filter { table.dates[$0] >= calendar.coverage.lowerBound }
        let series = Series(
            name: "\(dataset.id).\(spec.inputColumn)", labels: try known.map { try Self.label(table.dates[$0], calendar) },
            values: known.map { values[$0] },
            availableAt: try known.map { try Self.available(table.dates[$0], rule, lag: lag, calendar) })
        return Built(feature: try FeatureBuilder.build(spec, input: series), input: input)
    }

    private func derived(_ spec: FeatureSpec) throws -> Built {
        guard let symbol = spec.instrumentScope else {
            throw ApusError(
                "config.value", "a feature of a derived table needs an instrument_scope",
                context: ["sheet": "FEATURE_LIBRARY", "row": spec.id])
        }
        let (table, input) = try data.derived(spec.source, symbol: symbol)
        let values = try data.column(spec.inputColumn, of: table, spec.source)
        let series = Series(
            name: "\(spec.source).\(spec.inputColumn)", labels: table.labels, values: values,
            availableAt: table.closes)
        return Built(feature: try FeatureBuilder.build(spec, input: series), input: input)
    }

    /// The regular open of the date's session, local midnight where there is none.
    static func label(_ date: CivilDate, _ calendar: any SessionCalendar) throws -> UnixNanos {
        try calendar.session(on: date)?.regularOpen ?? calendar.instant(on: date, localNanosOfDay: 0)
    }

    /// `lag` sessions after the first session on or after the date, at the rule's moment.
    static func available(_ date: CivilDate, _ rule: KnownTimeRule, lag: Int, _ calendar: any SessionCalendar) throws -> UnixNanos
    {
        var day = date
        var left = lag
        while true {
            if let session = try calendar.session(on: day) {
                if left == 0 {
                    switch rule.moment {
                    case .sessionOpen: return session.regularOpen
                    case .sessionClose: return session.regularClose
                    case .local(let nanos): return calendar.instant(on: day, localNanosOfDay: nanos)
                    }
                }
                left -= 1
            }
            day = day + 1
        }
    }
}
