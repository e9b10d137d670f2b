import Primitives

extension RollSchedule {
    /// Applies a rule to the bars of all contracts of one root.
    ///
    /// It walks through the sessions in order and looks at each only when it is over, so no decision rests on a session that was
    /// still running. The first contract is the nearest one that the first session does not already force out. A session in which
    /// one of the two contracts has no volume (or open interest) says nothing. The last contract is kept to its end; so is the
    /// schedule's last contract where the data end before a decided roll.
    ///
    /// - Parameter calendar: counts the sessions between a decision or an expiry and the roll.
    /// - Throws: `FuturesError`, `CalendarError`.
    public init(_ bars: [ContractBars], rule: RollRule, calendar: any SessionCalendar) throws {
        let chain = bars.filter { $0.count > 0 }.sorted { $0.contract < $1.contract }
        for (a, b) in zip(chain, chain.dropFirst()) where a.contract.lastTradeDate == b.contract.lastTradeDate {
            throw FuturesError.duplicateContract(b.contract.code)
        }
        let sessions = Set(chain.flatMap { $0.rowsOfSession.keys }).sorted()
        guard let first = sessions.first, let last = sessions.last else { throw FuturesError.noContracts }
        try Self.checkActivity(chain, rule)
        var walk = RollWalk(chain: chain, rule: rule, calendar: calendar, lastSession: last)
        try walk.start(at: first)
        let start = walk.current
        for session in sessions {
            try walk.take(session)
        }
        self.init(rule: rule, first: chain[start].contract, rolls: walk.rolls)
    }

    private static func checkActivity(_ chain: [ContractBars], _ rule: RollRule) throws {
        let isThere =
            switch rule {
            case .calendar: true
            case .volume: chain.contains { $0.volume.contains { !$0.isNaN } }
            case .openInterest: chain.contains { $0.openInterest.contains { !$0.isNaN } }
            }
        if !isThere { throw FuturesError.noActivity(rule) }
    }
}

/// The state of going through the sessions.
private struct RollWalk {
    let chain: [ContractBars]
    let rule: RollRule
    let calendar: any SessionCalendar
    let lastSession: CivilDate
    private(set) var current = 0
    private(set) var rolls: [Roll] = []
    /// Sessions in a row that speak for the next contract.
    private var streak = 0
    /// A roll that is decided and waits for its session.
    private var pending: Decision?

    struct Decision {
        let reason: Roll.Reason
        let decided: CivilDate?
        let session: CivilDate
    }

    init(chain: [ContractBars], rule: RollRule, calendar: any SessionCalendar, lastSession: CivilDate) {
        self.chain = chain
        self.rule = rule
        self.calendar = calendar
        self.lastSession = lastSession
    }

    mutating func start(at session: CivilDate) throws {
        while current + 1 < chain.count, let date = try dated(chain[current].contract), date.session <= session { current += 1 }
        pending = try dated(chain[current].contract)
    }

    /// First what must happen in the session, then what its close tells about the following ones.
    mutating func take(_ session: CivilDate) throws {
        guard current + 1 < chain.count else { return }
        if let decision = pending, session >= decision.session { try roll(in: session, decision) }
        guard current + 1 < chain.count else { return }
        try look(at: session)
    }

    private mutating func roll(in session: CivilDate, _ decision: Decision) throws {
        let old = chain[current], new = chain[current + 1]
        guard let (oldRow, newRow) = Self.firstCommonBar(old, new, session) else {
            guard session <= old.contract.lastTradeDate || new.rowsOfSession[session] == nil else {
                throw FuturesError.noOverlap(from: old.contract.code, to: new.contract.code, session: decision.session)
            }
            return
        }
        rolls.append(
            Roll(
                from: old.contract, to: new.contract, reason: decision.reason, decided: decision.decided,
                session: decision.session, time: old.times[oldRow], oldPrice: old.open[oldRow], newPrice: new.open[newRow]))
        current += 1
        streak = 0
        pending = try dated(new.contract)
    }

    /// The rows of the earliest label that both contracts have in a session.
    private static func firstCommonBar(_ old: ContractBars, _ new: ContractBars, _ session: CivilDate) -> (Int, Int)? {
        guard let oldRows = old.rowsOfSession[session], let newRows = new.rowsOfSession[session] else { return nil }
        var a = oldRows.lowerBound
        var b = newRows.lowerBound
        while a < oldRows.upperBound, b < newRows.upperBound {
            if old.times[a] == new.times[b] { return (a, b) }
            if old.times[a] < new.times[b] { a += 1 } else { b += 1 }
        }
        return nil
    }

    /// Compares the two contracts' activity of a session that is over.
    private mutating func look(at session: CivilDate) throws {
        let reason: Roll.Reason, wanted: Int, lag: Int
        let old = chain[current], new = chain[current + 1]
        let values: (Double?, Double?)
        switch rule {
        case .calendar: return
        case .volume(let sessions, let sessionLag):
            (reason, wanted, lag) = (.volume, sessions, sessionLag)
            values = (old.volume(ofSession: session), new.volume(ofSession: session))
        case .openInterest(let sessions, let sessionLag):
            (reason, wanted, lag) = (.openInterest, sessions, sessionLag)
            values = (old.openInterest(ofSession: session), new.openInterest(ofSession: session))
        }
        // Decided by activity already; only a date may still come earlier, and that one is weighed below.
        if pending?.decided != nil { return }
        guard let held = values.0, let next = values.1 else { return }
        streak = next > held ? streak + 1 : 0
        guard streak >= wanted, let date = try sessionDate(after: session, count: lag + 1) else { return }
        if let pending, pending.session <= date { return }
        pending = Decision(reason: reason, decided: session, session: date)
    }

    /// What the calendar says of a contract: the rule's own date, or the last trade date. Nil where it lies beyond both the
    /// calendar and the data.
    private func dated(_ contract: FuturesContract) throws -> Decision? {
        let deadline = Decision(reason: .lastTradeDate, decided: nil, session: contract.lastTradeDate)
        guard case .calendar(let anchor, let count) = rule else { return deadline }
        let date = anchor == .expiry ? contract.lastTradeDate : contract.month.firstDay
        // Far dates are not asked of a calendar that does not reach them: their rolls are not in the data.
        if !calendar.coverage.contains(date), lastSession + 2 * count + 14 < date { return nil }
        let start = try sessionDate(before: date, count: count)
        return start <= deadline.session ? Decision(reason: .calendar, decided: nil, session: start) : deadline
    }

    /// The session `count` sessions before the first one that is on or after a date.
    private func sessionDate(before date: CivilDate, count: Int) throws -> CivilDate {
        let anchor = try calendar.session(on: date) ?? calendar.nextSession(after: date)
        if count == 0 { return anchor.tradeDate }
        var span = 2 * count + 7
        while true {
            guard anchor.tradeDate > calendar.coverage.lowerBound else {
                throw CalendarError.outsideCoverage(anchor.tradeDate - 1, calendar: calendar.name)
            }
            let start = max(calendar.coverage.lowerBound, anchor.tradeDate - span)
            let before = try calendar.sessions(in: start...(anchor.tradeDate - 1))
            if before.count >= count { return before[before.count - count].tradeDate }
            guard start > calendar.coverage.lowerBound else {
                throw CalendarError.outsideCoverage(start - 1, calendar: calendar.name)
            }
            span *= 2
        }
    }

    /// The session `count` sessions after one; nil where the calendar ends before, and with it what data there can be.
    private func sessionDate(after date: CivilDate, count: Int) throws -> CivilDate? {
        var result = date
        for _ in 0..<count {
            do { result = try calendar.nextSession(after: result).tradeDate } catch CalendarError.outsideCoverage { return nil }
        }
        return result
    }
}
