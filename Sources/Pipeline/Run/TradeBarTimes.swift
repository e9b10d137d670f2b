import Market
import Primitives

/// Labels and closes of one symbol's bars that trades close.
///
/// Such bars begin and end with trades, so that several may begin at one time, and the next may begin when the last ends. A
/// label is the bar's first trade, at the earliest the end of the bar before; a bar is complete at its `ts_end`, at the
/// earliest a microsecond after its label. Bars hence never overlap, labels strictly increase, and nothing is known too early.
struct TradeBarTimes {
    private(set) var labels: [UnixNanos] = []
    private(set) var closes: [UnixNanos] = []
    private(set) var tradeDates: [CivilDate] = []
    private(set) var sessionOpens: [UnixNanos] = []
    private(set) var sessionCloses: [UnixNanos] = []

    /// - Throws: `CalendarError`.
    init(starts: [UnixNanos], ends: [UnixNanos], calendar: String, kind: SessionKind) throws {
        var clock = SessionClock(calendar: try SessionCalendars.named(calendar))
        for (start, end) in zip(starts, ends) {
            // By the first trade: an end may be the session's own, an instant that is the next session's already.
            let session = try clock.segment(at: start).session
            let label = max(start, closes.last ?? start)
            labels.append(label)
            closes.append(max(end, label + 1_000))
            tradeDates.append(session.tradeDate)
            sessionOpens.append(kind == .rth ? session.regularOpen : session.fullOpen)
            sessionCloses.append(kind == .rth ? session.regularClose : session.fullClose)
        }
    }
}
