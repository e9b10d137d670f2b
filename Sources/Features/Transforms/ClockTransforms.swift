internal import Glibc

private func angle(_ name: String, _ what: String, period: Double, offset: Double, isSine: Bool) -> TransformDefinition {
    TransformDefinition(
        name, .calendar, inputs: [.clock(.labelSeconds)],
        (isSine ? "sin" : "cos") + "(2 pi x share of the " + what + " at the label)",
        source: "cyclical encoding", units: "-1..1", warmUp: { _ in 0 },
        kernel: { _ in TimeAngle(period: period, offset: offset, isSine: isSine) })
}

extension TransformCatalogue {
    static let clockTransforms: [TransformDefinition] = [
        TransformDefinition(
            "hour_of_day", .calendar, inputs: [.clock(.labelSeconds)], "0 to 23, the hour UTC of the row's label",
            source: "pandas hour", units: "hour", warmUp: { _ in 0 }, kernel: { _ in HourOfDay() }),
        angle("time_of_day_sine", "UTC day that has passed", period: 86_400, offset: 0, isSine: true),
        angle("time_of_day_cosine", "UTC day that has passed", period: 86_400, offset: 0, isSine: false),
        // 1970-01-01 was a Thursday.
        angle("time_of_week_sine", "UTC week, from Monday, that has passed", period: 604_800, offset: 259_200, isSine: true),
        angle("time_of_week_cosine", "UTC week, from Monday, that has passed", period: 604_800, offset: 259_200, isSine: false),
        TransformDefinition(
            "minutes_since_open", .calendar, inputs: [.clock(.secondsSinceOpen)],
            "minutes from the open of the session to the row's label", source: "exchange calendar", units: "minutes",
            warmUp: { _ in 0 }, kernel: { _ in Minutes() }),
        TransformDefinition(
            "minutes_to_close", .calendar, inputs: [.clock(.secondsToClose)],
            "minutes from when the row is known to the close of the session", source: "exchange calendar", units: "minutes",
            warmUp: { _ in 0 }, kernel: { _ in Minutes() }),
        TransformDefinition(
            "session_progress", .calendar, inputs: [.clock(.secondsSinceOpen), .clock(.secondsToClose)],
            "seconds from the open to the label / (the same + seconds from when the row is known to the close): 0 in the "
                + "session's first row, 1 in its last, 1 in a daily row",
            source: "exchange calendar", units: "0..1", warmUp: { _ in 0 }, kernel: { _ in SessionProgress() }),
        TransformDefinition(
            "session_row", .calendar, inputs: [.clock(.tradeDate)], "rows of the trade date before this one",
            source: "pandas groupby.cumcount", units: "rows", warmUp: { _ in 0 }, kernel: { _ in SessionRow() }),
        TransformDefinition(
            "days_since_previous_session", .calendar, inputs: [.clock(.tradeDate)],
            "days from the trade date before to this one; NaN on the first", source: "pandas diff", units: "days",
            warmUp: { _ in 0 }, warmUpSessions: { _ in 1 }, kernel: { _ in SessionGap() }),
    ]
}

private struct HourOfDay: UnaryKernel {
    @inline(__always) mutating func next(_ label: Double) -> Double {
        let hours = (label / 3_600).rounded(.down)
        return hours - (hours / 24).rounded(.down) * 24
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct TimeAngle: UnaryKernel {
    let period: Double
    let offset: Double
    let isSine: Bool

    @inline(__always) mutating func next(_ label: Double) -> Double {
        let shifted = label + offset
        let part = shifted - (shifted / period).rounded(.down) * period
        let angle = 2 * Double.pi * part / period
        return isSine ? sin(angle) : cos(angle)
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct Minutes: UnaryKernel {
    @inline(__always) mutating func next(_ seconds: Double) -> Double { seconds / 60 }
    mutating func archive(_ archive: inout StateArchive) {}
}

private struct SessionProgress: BinaryKernel {
    @inline(__always) mutating func next(_ sinceOpen: Double, _ toClose: Double) -> Double {
        sinceOpen + toClose == 0 ? 1 : sinceOpen / (sinceOpen + toClose)
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct SessionRow: UnaryKernel {
    private var date = Double.nan
    private var rows = 0.0

    @inline(__always) mutating func next(_ tradeDate: Double) -> Double {
        rows = tradeDate == date ? rows + 1 : 0
        date = tradeDate
        return rows
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&rows)
    }
}

private struct SessionGap: UnaryKernel {
    private var date = Double.nan
    private var gap = Double.nan

    @inline(__always) mutating func next(_ tradeDate: Double) -> Double {
        if tradeDate != date {
            gap = tradeDate - date
            date = tradeDate
        }
        return gap
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&gap)
    }
}
