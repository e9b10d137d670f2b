import Market
import Primitives

/// How a session's trades spread over its minutes: quiet night, a step up at Europe's opening, a U over regular hours.
struct IntradayProfile {
    /// Session opening.
    let open: Int64
    let close: Int64
    /// Expected events before each minute; the last element is the session's total.
    private let cumulative: [Double]
    private var minute = 0

    /// - Parameter eventsPerDay: expected events in a full session.
    init(session: TradingSession, calendar: any SessionCalendar, eventsPerDay: Double) {
        open = session.fullOpen.rawValue
        close = session.fullClose.rawValue
        let opening = calendar.instant(on: session.tradeDate, localNanosOfDay: 0).rawValue
        let minutes = Int((close - open + UnixNanos.perMinute - 1) / UnixNanos.perMinute)
        let first = (open - opening).flooredDivision(by: UnixNanos.perMinute)
        let scale = eventsPerDay / Self.fullDay
        var sum = 0.0
        var cumulative = [0.0]
        for index in 0..<minutes {
            sum += Self.weight(minuteOfDay: first + Int64(index)) * scale
            cumulative.append(sum)
        }
        self.cumulative = cumulative
    }

    var total: Double { cumulative[cumulative.count - 1] }

    /// The instant at which `events` have happened in expectation. The argument never decreases between calls.
    mutating func instant(after events: Double) -> Int64 {
        while minute + 2 < cumulative.count, cumulative[minute + 1] <= events { minute += 1 }
        let width = cumulative[minute + 1] - cumulative[minute]
        let part = min(max((events - cumulative[minute]) / width, 0), 1)
        let time = open + Int64(minute) * UnixNanos.perMinute + Int64(part * Double(UnixNanos.perMinute))
        return min(time, close - 1)
    }

    /// Relative intensity of a minute of the trade date, Chicago time; negative minutes are the evening before.
    private static func weight(minuteOfDay: Int64) -> Double {
        let hour = Double(minuteOfDay) / 60
        switch hour {
        case ..<2: return 0.10
        case ..<8.5: return 0.22 + 0.10 * (hour - 2) / 6.5
        case ..<15:
            // Distance from the trough at 12:00, 1 at the opening and at 15:00.
            let away = hour < 12 ? (12 - hour) / 3.5 : (hour - 12) / 3
            return 0.9 + 1.9 * away * away
        case ..<15.25: return 1.2
        default: return 0.15
        }
    }

    /// Sum of the weights from 17:00 the evening before to 16:00.
    private static let fullDay: Double = (-420..<960).reduce(0) { $0 + weight(minuteOfDay: Int64($1)) }
}
