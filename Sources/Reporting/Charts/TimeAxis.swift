import Primitives

/// Where a chart over bars gets its date labels. Bars are equally spaced, so that nights and weekends take no room.
struct TimeAxis {
    struct Tick {
        /// 0 ... 1 from the left.
        let position: Double
        let label: String
    }

    let ticks: [Tick]

    /// - Parameter times: labels of all bars, ascending.
    init(_ times: [UnixNanos]) {
        guard let first = times.first, let last = times.last, times.count > 1 else {
            ticks = times.first.map { [Tick(position: 0.5, label: Format.date($0, withTime: false))] } ?? []
            return
        }
        var ticks: [Tick] = []
        for (time, label) in Self.boundaries(from: first, to: last) {
            let index = Self.lowerBound(times, time)
            let position = Double(index) / Double(times.count - 1)
            if index < times.count, position - (ticks.last?.position ?? -1) > 0.055 { ticks.append(Tick(position: position, label: label)) }
        }
        self.ticks = ticks
    }

    /// Round instants in [from, to], about seven of them.
    private static func boundaries(from: UnixNanos, to: UnixNanos) -> [(UnixNanos, String)] {
        let days = Double(to - from) / Double(UnixNanos.perDay)
        if days > 900 { return years(from: from, to: to, step: [1, 2, 5, 10, 20].first { days / 365 / Double($0) <= 11 } ?? 50) }
        if days > 60 { return months(from: from, to: to, step: [1, 2, 3, 6].first { days / 30 / Double($0) <= 9 } ?? 6) }
        let minute = UnixNanos.perMinute
        let steps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 2880, 7200, 14400].map { Int64($0) * minute }
        let step = steps.first { (to - from) / $0 <= 9 } ?? 14400 * minute
        var out: [(UnixNanos, String)] = []
        var time = UnixNanos((from.rawValue + step - 1).flooredDivision(by: step) * step)
        while time <= to {
            let (_, month, day) = time.utcDate.components
            let dayLabel = "\(day) \(Format.months[month - 1])"
            out.append((time, time.nanosOfDay == 0 ? dayLabel : String(time.description.dropFirst(11).prefix(5))))
            time = time + step
        }
        return out
    }

    private static func years(from: UnixNanos, to: UnixNanos, step: Int) -> [(UnixNanos, String)] {
        (from.utcDate.year...to.utcDate.year).filter { $0 % step == 0 }
            .compactMap { year in CivilDate(year: year, month: 1, day: 1).map { (UnixNanos($0), String(year)) } }
            .filter { $0.0 >= from }
    }

    private static func months(from: UnixNanos, to: UnixNanos, step: Int) -> [(UnixNanos, String)] {
        let start = from.utcDate
        guard var month = CivilDate(year: start.year, month: 1, day: 1) else { return [] }
        var out: [(UnixNanos, String)] = []
        while UnixNanos(month) <= to {
            if UnixNanos(month) >= from { out.append((UnixNanos(month), "\(Format.months[month.month - 1]) \(month.year)")) }
            month = month.adding(months: step)
        }
        return out
    }

    /// The first index whose time is not before `time`.
    private static func lowerBound(_ times: [UnixNanos], _ time: UnixNanos) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
