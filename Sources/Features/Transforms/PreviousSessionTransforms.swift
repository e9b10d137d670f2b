private let bars: [InputRole] = [.column("high"), .column("low"), .column("close"), .clock(.tradeDate)]

private func previous(_ name: String, _ formula: String, source: String, units: String, _ output: PreviousSession.Output)
    -> TransformDefinition
{
    TransformDefinition(
        name, .session, inputs: bars, formula + ", of the last trade date before with rows", source: source, units: units,
        warmUp: { _ in 0 }, warmUpSessions: { _ in 1 }, kernel: { _ in PreviousSession(output: output) })
}

extension TransformCatalogue {
    static let previousSessionTransforms: [TransformDefinition] = [
        TransformDefinition(
            "overnight_gap", .session, inputs: [.column("open"), .column("close"), .clock(.tradeDate)],
            "first open of the trade date / last close of the one before - 1, on all rows of the date",
            source: "overnight return",
            units: "fraction", warmUp: { _ in 0 }, warmUpSessions: { _ in 1 }, kernel: { _ in OvernightGap() }),
        previous("previous_session_high_distance", "close / high - 1", source: "prior-day levels", units: "fraction", .high),
        previous("previous_session_low_distance", "close / low - 1", source: "prior-day levels", units: "fraction", .low),
        previous(
            "previous_session_close_distance", "close / last close - 1", source: "prior-day levels", units: "fraction", .close),
        previous("pivot_point", "(high + low + close) / 3", source: "floor-trader pivots", units: "price", .pivot),
        previous("pivot_r1", "2 pivot_point - low", source: "floor-trader pivots", units: "price", .firstResistance),
        previous("pivot_s1", "2 pivot_point - high", source: "floor-trader pivots", units: "price", .firstSupport),
        previous("pivot_r2", "pivot_point + high - low", source: "floor-trader pivots", units: "price", .secondResistance),
        previous("pivot_s2", "pivot_point - high + low", source: "floor-trader pivots", units: "price", .secondSupport),
    ]
}

private struct PreviousSession: QuaternaryKernel {
    enum Output: Sendable { case high, low, close, pivot, firstResistance, firstSupport, secondResistance, secondSupport }

    private struct Bar: Sendable {
        var high = Double.nan
        var low = Double.nan
        var close = Double.nan

        mutating func archive(_ archive: inout StateArchive) {
            archive.value(&high)
            archive.value(&low)
            archive.value(&close)
        }
    }

    private let output: Output
    private var date = Double.nan
    private var present = Bar()
    private var before = Bar()

    init(output: Output) { self.output = output }

    @inline(__always) mutating func next(_ high: Double, _ low: Double, _ close: Double, _ tradeDate: Double) -> Double {
        guard !(high + low + close).isNaN else { return .nan }
        if tradeDate == date {
            present.high = max(present.high, high)
            present.low = min(present.low, low)
            present.close = close
        } else {
            before = present
            present = Bar(high: high, low: low, close: close)
            date = tradeDate
        }
        switch output {
        case .high: return close / before.high - 1
        case .low: return close / before.low - 1
        case .close: return close / before.close - 1
        case .pivot: return pivot
        case .firstResistance: return 2 * pivot - before.low
        case .firstSupport: return 2 * pivot - before.high
        case .secondResistance: return pivot + before.high - before.low
        case .secondSupport: return pivot - before.high + before.low
        }
    }

    @inline(__always) private var pivot: Double { (before.high + before.low + before.close) / 3 }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        present.archive(&archive)
        before.archive(&archive)
    }
}

private struct OvernightGap: TernaryKernel {
    private var date = Double.nan
    private var close = Double.nan
    private var gap = Double.nan

    @inline(__always) mutating func next(_ open: Double, _ close: Double, _ tradeDate: Double) -> Double {
        guard !(open + close).isNaN else { return .nan }
        if tradeDate != date {
            date = tradeDate
            gap = open / self.close - 1
        }
        self.close = close
        return gap
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&close)
        archive.value(&gap)
    }
}
