import Contracts
import Market
import Primitives

/// At which labels a strategy of target weights trades. It knows the calendar and the length of a bar, never the next label.
///
/// Each period ends at a moment that is known in advance, and the first label whose bar ends at or after it is the one: the last
/// bar of the period, or where the data lack that one the first after it.
struct RebalanceClock {
    private let cadence: RebalanceCadence
    private let sessions: Sessions
    /// From a label that begins its bar to the bar's end.
    private let barLength: Int64
    /// The first end that no label has reached; a day's number where labels are days, otherwise nanoseconds. Nil until it is
    /// asked for: a calendar may end with the data.
    private var nextEnd: Int64?
    /// The end of the bar before; nil at the first.
    private var reached: Int64?
    /// What is left of a list of dates.
    private var days: ArraySlice<Int64> = []
    private var instants: ArraySlice<UnixNanos> = []

    /// - Throws: `ApusError` `config.unsupported` for a calendar or a zone that is not known and must be, and for bars whose end
    ///   cannot be told; `calendar.coverage` for a date that the calendar does not know.
    init(_ configuration: EngineConfiguration, _ sessions: Sessions) throws {
        cadence = configuration.strategy.cadence
        self.sessions = sessions
        let listed = configuration.strategy.dates
        let hasDays = listed.contains { if case .day = $0 { true } else { false } }
        let needsEnds = [.session, .week, .monthEnd].contains(cadence) || (cadence == .dates && hasDays)
        let frequency = configuration.calendar.dataFrequency
        barLength = (frequency.seconds ?? 0) * UnixNanos.perSecond
        if needsEnds {
            try sessions.checkKnown(configuration)
            if !sessions.labelsAreDays, !sessions.labelsAreCloses, barLength == 0 {
                throw ApusError(
                    "config.unsupported", "which bar ends a session is not known in advance where bars have no fixed length",
                    context: ["key": "calendar.data_frequency", "value": frequency.rawValue])
            }
        }
        guard cadence == .dates else { return }
        var ends: [Int64] = []
        for case .day(let day) in listed { ends.append(try end(after: .min, from: day)) }
        days = ends.sorted()[...]
        instants = listed.compactMap { if case .instant(let time) = $0 { time } else { nil } }.sorted()[...]
    }

    /// Labels come in time order, each once.
    /// - Parameter hasNewWeights: weights came with this label.
    mutating func isDue(_ label: UnixNanos, hasNewWeights: Bool) throws -> Bool {
        switch cadence {
        case .weights: return hasNewWeights
        case .everyBar: return true
        case .dates:
            let before = (days.count, instants.count)
            if !days.isEmpty {
                let end = barEnd(label)
                days = days.drop { $0 <= end }
            }
            instants = instants.drop { $0 <= label }
            return (days.count, instants.count) != before
        case .session, .week, .monthEnd:
            let end = barEnd(label)
            let next = try nextEnd ?? firstEnd(after: reached ?? barStart(label))
            reached = end
            nextEnd = next <= end ? nil : next
            return next <= end
        }
    }

    private func barEnd(_ label: UnixNanos) -> Int64 {
        if sessions.labelsAreDays { return Int64(label.utcDate.daysSinceEpoch) }
        return sessions.instant(of: label).rawValue + (sessions.labelsAreCloses ? 0 : barLength)
    }

    /// The last moment before the bar.
    private func barStart(_ label: UnixNanos) -> Int64 {
        if sessions.labelsAreDays { return Int64(label.utcDate.daysSinceEpoch) - 1 }
        return sessions.instant(of: label).rawValue - (sessions.labelsAreCloses ? 1 : 0)
    }

    private func firstEnd(after moment: Int64) throws -> Int64 {
        if sessions.labelsAreDays {
            return try end(after: moment, from: CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: moment)) + 1)
        }
        let time = UnixNanos(moment)
        return try end(after: moment, from: sessions.calendar?.zone.localDate(at: time) ?? time.utcDate)
    }

    /// The first end after a moment of the periods from a day on.
    private func end(after moment: Int64, from first: CivilDate) throws -> Int64 {
        var day = first
        while true {
            let period = period(of: day)
            if let end = try end(of: period), end > moment { return end }
            day = period.upperBound + 1
        }
    }

    private func period(of day: CivilDate) -> ClosedRange<CivilDate> {
        switch cadence {
        case .weights, .everyBar, .session, .dates: return day...day
        case .week: return (day - (day.isoWeekday - 1))...(day + (7 - day.isoWeekday))
        case .monthEnd:
            let (year, month, number) = day.components
            return (day - (number - 1))...(day + (CivilDate.daysIn(month: month, year: year) - number))
        }
    }

    /// Of the period's last session; nil where it has none. Without a calendar every day of UTC is one.
    private func end(of period: ClosedRange<CivilDate>) throws -> Int64? {
        guard let calendar = sessions.calendar else {
            let last = period.upperBound
            return sessions.labelsAreDays ? Int64(last.daysSinceEpoch) : UnixNanos(last + 1).rawValue
        }
        do {
            guard let last = try calendar.sessions(in: period).last else { return nil }
            if sessions.labelsAreDays { return Int64(last.tradeDate.daysSinceEpoch) }
            return (sessions.usesFullHours ? last.fullClose : last.regularClose).rawValue
        } catch let error as CalendarError {
            throw ApusError("calendar.coverage", error.description, context: ["key": "strategy.cadence"])
        }
    }
}

extension EngineConfiguration.DataFrequency {
    fileprivate var seconds: Int64? {
        switch self {
        case .daily: 86_400
        case .minute1: 60
        case .minute5: 300
        case .minute15: 900
        case .minute30: 1_800
        case .hourly: 3_600
        case .irregular: nil
        }
    }
}
