import Contracts
internal import Glibc

private let sessions = ParameterSpec.rows("sessions", atLeast: 1, "earlier sessions that are averaged")

extension TransformCatalogue {
    static let seasonalityTransforms: [TransformDefinition] = [
        TransformDefinition(
            "session_volume_share", .session, inputs: [.column("volume"), .clock(.secondsSinceOpen), .clock(.tradeDate)],
            "session_volume / its mean at the same second of the session over the last sessions that have a row there; NaN "
                + "before there are as many or where the mean is 0",
            source: "cumulative relative volume of charting programs", units: "ratio", parameters: [sessions],
            warmUp: { _ in 0 }, warmUpSessions: { $0.int("sessions") }, needsRecurringRows: true,
            kernel: { VolumeShare(sessions: $0.int("sessions")) }),
        TransformDefinition(
            "intraday_seasonality_ratio", .session, inputs: [.column("close"), .clock(.secondsSinceOpen)],
            "|ln(close[t] / close[t-1])| / its mean at the same second of the session over the last sessions that have a row "
                + "there; NaN before there are as many or where the mean is 0",
            source: "Andersen and Bollerslev 1997", units: "ratio", parameters: [sessions], warmUp: { _ in 1 },
            warmUpSessions: { $0.int("sessions") }, needsRecurringRows: true,
            kernel: { SeasonalityRatio(sessions: $0.int("sessions")) }),
    ]
}

/// The last values at each second of the session.
private struct SecondProfile: Sendable {
    private let sessions: Int
    /// Ascending; of each the last values as a ring of `sessions`, the place of the next one, and how many there were.
    private var seconds: [Double] = []
    private var values: [Double] = []
    private var places: [Double] = []
    private var counts: [Double] = []
    /// Where the last row was: the next one mostly comes behind it.
    private var last = -1

    init(sessions: Int) { self.sessions = sessions }

    /// Mean of the last values at this second, NaN where there were fewer than `sessions`; `x` is one of them from then on.
    mutating func exchange(_ x: Double, second: Double) -> Double {
        let slot = slot(of: second)
        let start = slot * sessions
        var mean = Double.nan
        if counts[slot] >= Double(sessions) {
            var sum = 0.0
            for index in start..<(start + sessions) { sum += values[index] }
            mean = sum / Double(sessions)
        }
        values[start + Int(places[slot])] = x
        places[slot] = places[slot] + 1 == Double(sessions) ? 0 : places[slot] + 1
        counts[slot] = min(counts[slot] + 1, Double(sessions))
        return mean
    }

    private mutating func slot(of second: Double) -> Int {
        if last + 1 < seconds.count, seconds[last + 1] == second {
            last += 1
            return last
        }
        var low = 0
        var high = seconds.count
        while low < high {
            let middle = (low + high) / 2
            if seconds[middle] < second { low = middle + 1 } else { high = middle }
        }
        if low == seconds.count || seconds[low] != second {
            seconds.insert(second, at: low)
            places.insert(0, at: low)
            counts.insert(0, at: low)
            values.insert(contentsOf: repeatElement(.nan, count: sessions), at: low * sessions)
        }
        last = low
        return low
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.variable(&seconds)
        archive.variable(&values)
        archive.variable(&places)
        archive.variable(&counts)
        archive.value(&last)
    }
}

private struct VolumeShare: TernaryKernel {
    private var profile: SecondProfile
    private var date = Double.nan
    private var sum = 0.0

    init(sessions: Int) { profile = SecondProfile(sessions: sessions) }

    @inline(__always) mutating func next(_ volume: Double, _ sinceOpen: Double, _ tradeDate: Double) -> Double {
        guard !(volume + sinceOpen).isNaN else { return .nan }
        sum = tradeDate == date ? sum + volume : volume
        date = tradeDate
        let mean = profile.exchange(sum, second: sinceOpen)
        return mean == 0 ? .nan : sum / mean
    }

    mutating func archive(_ archive: inout StateArchive) {
        profile.archive(&archive)
        archive.value(&date)
        archive.value(&sum)
    }
}

private struct SeasonalityRatio: BinaryKernel {
    private var profile: SecondProfile
    private var change = Change(periods: 1, kind: .logRatio)

    init(sessions: Int) { profile = SecondProfile(sessions: sessions) }

    @inline(__always) mutating func next(_ close: Double, _ sinceOpen: Double) -> Double {
        let size = abs(change.next(close))
        guard !(size + sinceOpen).isNaN else { return .nan }
        let mean = profile.exchange(size, second: sinceOpen)
        return mean == 0 ? .nan : size / mean
    }

    mutating func archive(_ archive: inout StateArchive) {
        profile.archive(&archive)
        change.archive(&archive)
    }
}
