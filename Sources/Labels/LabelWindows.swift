import Contracts
import Primitives

/// How far ahead a label looks.
enum LabelHorizon {
    enum Session: String, LabelChoice { case same, next }

    case rows(Int)
    /// Clock time from the decision, and how much later the bar found may be known.
    case time(Int64, tolerance: Int64?)
    /// To the close of the row's own session.
    case sameSession
    /// From the open to the close of the session after the row's.
    case nextSession
}

/// The bars that each row's label looks at.
struct LabelWindows {
    /// The first of them.
    private(set) var first: [Int]
    /// The last of them; less than `first` where there are none or the window is refused; the last of the data where `knownAt`
    /// is -1.
    private(set) var last: [Int]
    /// The bar at which the extent of the window is known; -1 where it lies beyond the data.
    private(set) var knownAt: [Int]

    var count: Int { first.count }

    /// Nothing to look at, now and later.
    @inline(__always) func isEmpty(_ row: Int) -> Bool { last[row] < first[row] && knownAt[row] >= 0 }
    /// The whole window lies in the data.
    @inline(__always) func isComplete(_ row: Int) -> Bool { knownAt[row] >= 0 && last[row] >= first[row] }

    /// What a row's horizon may do where it passes the close of the row's session.
    enum Crossing {
        /// Nothing.
        case allowed
        /// It ends there.
        case clipped
        /// The row gets no label.
        case refused
    }

    /// - Throws: `LabelError.missingInput` where sessions are asked for and the prices have none.
    init(_ horizon: LabelHorizon, _ crossing: Crossing, _ request: LabelRequest) throws {
        let prices = request.prices
        first = Array(1..<prices.count + 1)
        last = [Int](repeating: prices.count - 1, count: prices.count)
        knownAt = [Int](repeating: -1, count: prices.count)
        switch horizon {
        case .rows(let rows):
            for row in 0..<prices.count where row + rows < prices.count { (last[row], knownAt[row]) = (row + rows, row + rows) }
        case .time(let nanos, let tolerance): endByTime(nanos, tolerance, prices.availableAt)
        case .sameSession: break
        case .nextSession: try toNextSession(request)
        }
        switch (horizon, crossing) {
        case (.nextSession, _): break
        case (.sameSession, _): try clip(refusing: false, request)
        case (_, .allowed): break
        case (_, .clipped), (_, .refused): try clip(refusing: crossing == .refused, request)
        }
    }

    /// The window ends with the first bar that is known at the decision + `nanos` or later.
    private mutating func endByTime(_ nanos: Int64, _ tolerance: Int64?, _ availableAt: [UnixNanos]) {
        var end = 0
        for row in 0..<count {
            let (target, overflow) = availableAt[row].rawValue.addingReportingOverflow(nanos)
            if overflow { return }
            end = max(end, row + 1)
            while end < count, availableAt[end].rawValue < target { end += 1 }
            guard end < count else { return }
            let isLate = tolerance.map { availableAt[end].rawValue - target > $0 } ?? false
            (last[row], knownAt[row]) = (isLate ? row : end, end)
        }
    }

    /// Ends windows at the close of the row's session.
    private mutating func clip(refusing: Bool, _ request: LabelRequest) throws {
        for session in try Session.all(request) where session.knownAt >= 0 {
            for row in session.rows where knownAt[row] < 0 || last[row] > session.exit {
                last[row] = refusing || row >= session.exit ? row : session.exit
                knownAt[row] = max(row, session.knownAt)
            }
        }
    }

    private mutating func toNextSession(_ request: LabelRequest) throws {
        let sessions = try Session.all(request)
        for (session, next) in zip(sessions, sessions.dropFirst()) where next.knownAt >= 0 {
            for row in session.rows {
                (first[row], last[row], knownAt[row]) = (next.rows.lowerBound, next.exit, next.knownAt)
            }
        }
    }

    /// Rows that share the close of a session.
    private struct Session {
        let rows: Range<Int>
        /// The first of them that is known at the close or later; the last of them where none is.
        let exit: Int
        /// The bar that shows it: the exit itself, or the first one of the next session; -1 where that lies beyond the data.
        let knownAt: Int

        static func all(_ request: LabelRequest) throws -> [Session] {
            guard let closes = request.prices.sessionCloses else { throw request.missing(.sessionCloses) }
            let availableAt = request.prices.availableAt
            var found: [Session] = []
            var start = 0
            while start < closes.count {
                var end = start + 1
                while end < closes.count, closes[end] == closes[start] { end += 1 }
                if let exit = (start..<end).first(where: { availableAt[$0] >= closes[start] }) {
                    found.append(Session(rows: start..<end, exit: exit, knownAt: exit))
                } else {
                    found.append(Session(rows: start..<end, exit: end - 1, knownAt: end < closes.count ? end : -1))
                }
                start = end
            }
            return found
        }
    }
}

extension LabelRequest {
    /// The windows that the parameters of `ParameterSpec.horizon` ask for.
    func windows(_ crossing: LabelWindows.Crossing) throws -> LabelWindows {
        try LabelWindows(try horizon(), parameters.flag("within_session") ? crossing : .allowed, self)
    }

    /// - Throws: `LabelError.badParameter` unless exactly one of the three ways is given.
    func horizon() throws -> LabelHorizon {
        let rows = parameters.int("horizon")
        let time = try parameters.duration("horizon_time")
        let session: LabelHorizon.Session? = try parameters.choice("session")
        let tolerance = try parameters.duration("tolerance")
        let given = [rows != nil, time != nil, session != nil].count { $0 }
        guard given == 1 else {
            throw parameters.refusal("horizon", "or horizon_time or session must be given, one of the three")
        }
        if tolerance != nil, time == nil { throw parameters.refusal("tolerance", "goes with horizon_time") }
        if session != nil, parameters.flag("within_session") {
            throw parameters.refusal("within_session", "says nothing beside session")
        }
        if let rows { return .rows(rows) }
        if let time { return .time(time, tolerance: tolerance) }
        return session == .next ? .nextSession : .sameSession
    }
}

extension ParameterSpec {
    /// What every label that looks a way ahead has. Those that follow the path have no `tolerance`.
    static func horizon(path: Bool) -> [ParameterSpec] {
        let common: [ParameterSpec] = [
            .rows("horizon", atLeast: 1, "rows ahead"),
            ParameterSpec(
                "horizon_time", .text, required: false,
                "clock time ahead, such as 90s, 15m, 4h or 2d (of 24 hours): to the first bar known then or later"),
        ]
        if path {
            return common + [
                ParameterSpec("session", .text, required: false, "same: to the close of the row's session"),
                .flag("within_session", "the window ends at the close of the row's session at the latest"),
            ]
        }
        return common + [
            ParameterSpec(
                "tolerance", .text, required: false,
                "with horizon_time: no label where that bar is known later than this after the horizon; any where absent"),
            .choice(
                "session", default: LabelHorizon.Session?.none,
                "to the close of the row's session, or from the open to the close of the next one"),
            .flag("within_session", "no label where the horizon leaves the row's session"),
        ]
    }
}
