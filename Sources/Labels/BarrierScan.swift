import Contracts
import Primitives

/// Barriers around each row's close, and what came of them.
struct BarrierScan {
    struct Outcome {
        /// 1 the barrier in the bet's favour, -1 the one against it, 0 neither; NaN where the row gets no label.
        var label: Double
        /// 1 the upper barrier, -1 the lower one, 0 neither.
        var barrier = Double.nan
        /// Where the bet ended.
        var price = Double.nan
        var row = 0
        var knownAt: Int
    }

    let prices: LabelPrices
    let windows: LabelWindows
    let path: BarrierPath
    let distances: BarrierDistances
    let both: BarrierPath.Both

    /// - Parameters:
    ///   - upper: multiples of the distance in the bet's favour; for a long above the price, for a short below.
    ///   - lower: the same against it.
    init(_ request: LabelRequest, upper: Double?, lower: Double?) throws {
        prices = request.prices
        windows = try request.pathWindows()
        path = BarrierPath(prices: prices, path: try request.parameters.choice("path", or: .highLow))
        both = try request.parameters.choice("both", or: .worst)
        distances = try BarrierDistances(request, upper: upper, lower: lower)
    }

    var count: Int { prices.count }

    /// Nil where the outcome lies beyond the data.
    /// - Parameter side: > 0 for a long, < 0 for a short; otherwise the row gets no label.
    func outcome(_ row: Int, side: Double = 1) -> Outcome? {
        let entry = prices.close[row]
        let hasBarriers = distances.upper != nil || distances.lower != nil
        let unit = hasBarriers ? distances.unit(row, price: entry) : 0
        guard side > 0 || side < 0, entry > 0, !unit.isNaN else { return Outcome(label: .nan, knownAt: row) }
        if windows.isEmpty(row) { return Outcome(label: .nan, knownAt: windows.knownAt[row]) }
        let favour = distances.upper.map { $0 * unit } ?? .infinity
        let against = distances.lower.map { $0 * unit } ?? .infinity
        let isLong = side > 0
        let touch = path.firstTouch(
            above: entry + (isLong ? favour : against), below: entry - (isLong ? against : favour), windows, row)
        guard let touch else { return nil }
        var result = Outcome(label: .nan, price: touch.price, row: touch.row, knownAt: touch.knownAt)
        switch touch.kind {
        case .neither: (result.label, result.barrier) = (touch.price.isNaN ? .nan : 0, 0)
        case .above: (result.label, result.barrier) = (isLong ? 1 : -1, 1)
        case .below: (result.label, result.barrier) = (isLong ? -1 : 1, -1)
        case .both where both == .worst:
            (result.label, result.barrier) = (-1, isLong ? -1 : 1)
            result.price = entry + (isLong ? -against : against)
        case .both, .unknown: break
        }
        return result
    }

    /// What the bet earned, as a fraction of the entry.
    func earned(_ outcome: Outcome, _ row: Int, side: Double) -> Double {
        let change = outcome.price / prices.close[row] - 1
        return side < 0 ? -change : change
    }

    /// Seconds from the row's decision to the bar that ended it.
    func seconds(_ outcome: Outcome, _ row: Int) -> Double {
        Double(prices.availableAt[outcome.row] - prices.availableAt[row]) / 1e9
    }

    static let parameters: [ParameterSpec] = [
        BarrierDistances.parameter,
        .choice(
            "path", default: BarrierPath.Path.highLow,
            "a bar touches by its high and low and is left at the barrier, or by its close and is left there"),
        .choice(
            "both", default: BarrierPath.Both.worst,
            "where one bar reaches both barriers: the one against the bet came first, or the row gets no label"),
    ]
}

extension LabelRequest {
    /// Windows of labels that follow the path.
    func pathWindows() throws -> LabelWindows {
        if case .nextSession = try horizon() { throw parameters.refusal("session", "must be same") }
        return try windows(.clipped)
    }
}
