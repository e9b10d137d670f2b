import Contracts
import Primitives

private enum Vertical: String, LabelChoice { case zero, sign }
private enum Direction: String, LabelChoice { case either, up, down }

// Which price was reached first.
extension LabelCatalogue {
    private static let upper = ParameterSpec.number(
        "upper", in: .positive, "distance of the barrier in the bet's favour; none where absent")
    private static let lower = ParameterSpec.number(
        "lower", in: .positive, "distance of the barrier against the bet; none where absent")
    private static let common: [LabelInput] = [.volatility, .open, .sessionCloses]

    static let barriers: [LabelDefinition] = [
        LabelDefinition(
            "triple_barrier", .barriers,
            "1 where close + upper distance is reached first, -1 where close - lower distance is, 0 where the horizon ends "
                + "before; for a short (side < 0) mirrored, so that 1 is always in the bet's favour",
            source: "Lopez de Prado, Advances in Financial Machine Learning (2018), 3.3", units: "-1, 0 or 1",
            inputs: common + [.side],
            parameters: ParameterSpec.horizon(path: true) + [upper, lower] + BarrierScan.parameters + [
                .choice("vertical", default: Vertical.zero, "label at the end of the horizon: 0, or the sign of the return")
            ],
            sides: [
                .init("return", "what the bet earned at the touch, a fraction of the close, costs not counted"),
                .init("barrier", "1 upper price, -1 lower price, 0 end of the horizon"),
                .init("touch_time", "when the bar that touched was known", isInstant: true),
                .init("touch_rows", "bars from the row to that bar"),
            ], cost: "O(n x horizon), less where barriers are near", .series(tripleBarrier)),
        LabelDefinition(
            "meta_label", .barriers,
            "1 where the bet of the side column, closed at a barrier or at the end of the horizon, earned more than cost; 0 "
                + "otherwise; no label where the side is 0",
            source: "Lopez de Prado (2018), 3.6; ml4t-engineer meta_labels", units: "0 or 1", inputs: common + [.side],
            parameters: ParameterSpec.horizon(path: true) + [upper, lower] + BarrierScan.parameters + [
                .number("cost", in: 0...1, default: 0, "of entering and leaving, a fraction of the price")
            ],
            sides: [
                .init("net_return", "what the bet earned, less cost"),
                .init("touch_time", "when the bar that ended the bet was known", isInstant: true),
            ], cost: "O(n x horizon), less where barriers are near", .series(metaLabel)),
        LabelDefinition(
            "hit_direction", .barriers,
            "1 where the price rises by the upper distance before it falls by the lower one, -1 the other way round, 0 neither",
            source: "hit_direction and y_first_touch of FoxML", units: "-1, 0 or 1", inputs: common,
            parameters: ParameterSpec.horizon(path: true) + required([upper, lower]) + BarrierScan.parameters,
            cost: "O(n x horizon), less where barriers are near",
            .series { try firstTouch($0) { $0.label } }),
        LabelDefinition(
            "time_to_hit", .barriers,
            "bars until the upper or lower distance is reached; where neither is, the number of bars looked at, and is_hit is 0",
            source: "tth of FoxML; censored as in survival analysis", units: "rows", inputs: common,
            parameters: ParameterSpec.horizon(path: true) + [upper, lower] + BarrierScan.parameters,
            sides: [
                .init("seconds", "from the row's decision until that bar was known"),
                .init("is_hit", "1 where a distance was reached, 0 where the horizon ended first"),
            ], cost: "O(n x horizon), less where barriers are near", .series(timeToHit)),
        peak("will_peak", "rises", "falls", sign: 1), peak("will_valley", "falls", "rises", sign: -1),
    ]

    private static func peak(_ name: String, _ wanted: String, _ other: String, sign: Double) -> LabelDefinition {
        LabelDefinition(
            name, .barriers,
            "1 where the price \(wanted) by the distance before it \(other) by it, 0 otherwise",
            source: "y_\(name) of FoxML", units: "0 or 1", inputs: common,
            parameters: ParameterSpec.horizon(path: true) + [
                .number("barrier", in: .positive, required: true, "the distance"),
                .flag("one_sided", "a move the other way does not end it: 1 wherever the distance is reached"),
            ] + BarrierScan.parameters, cost: "O(n x horizon), less where barriers are near",
            .series { request in
                let barrier = request.parameters.double("barrier")
                let scan = try BarrierScan(
                    request, upper: barrier, lower: request.parameters.flag("one_sided") ? nil : barrier)
                var draft = LabelDraft(rows: request.count)
                for row in 0..<request.count {
                    guard let outcome = scan.outcome(row, side: sign) else { continue }
                    draft.set(row, outcome.label.isNaN ? .nan : outcome.label > 0 ? 1 : 0, knownAt: outcome.knownAt)
                }
                return draft
            })
    }

    private static func required(_ specs: [ParameterSpec]) -> [ParameterSpec] {
        specs.map { ParameterSpec($0.name, $0.kind, in: $0.range, $0.comment) }
    }

    private static func tripleBarrier(_ request: LabelRequest) throws -> LabelDraft {
        let parameters = request.parameters
        let scan = try BarrierScan(request, upper: parameters.double("upper"), lower: parameters.double("lower"))
        let vertical = try parameters.choice("vertical", or: Vertical.zero)
        var draft = LabelDraft(rows: request.count, sides: 4)
        for row in 0..<request.count {
            let side = request.inputs.side?[row] ?? 1
            guard let outcome = scan.outcome(row, side: side) else { continue }
            let earned = scan.earned(outcome, row, side: side)
            var label = outcome.label
            if label == 0, vertical == .sign { label = earned > 0 ? 1 : earned < 0 ? -1 : 0 }
            draft.set(row, label, knownAt: outcome.knownAt)
            guard !label.isNaN else { continue }
            draft.numbers[0][row] = earned
            draft.numbers[1][row] = outcome.barrier
            draft.numbers[2][row] = Double(outcome.row)
            draft.numbers[3][row] = Double(outcome.row - row)
        }
        return draft
    }

    private static func metaLabel(_ request: LabelRequest) throws -> LabelDraft {
        let parameters = request.parameters
        let sides = try request.side()
        let cost = parameters.double("cost") ?? 0
        let scan = try BarrierScan(request, upper: parameters.double("upper"), lower: parameters.double("lower"))
        var draft = LabelDraft(rows: request.count, sides: 2)
        for row in 0..<request.count {
            guard let outcome = scan.outcome(row, side: sides[row]) else { continue }
            let earned = scan.earned(outcome, row, side: sides[row])
            draft.set(row, outcome.label.isNaN ? .nan : earned > cost ? 1 : 0, knownAt: outcome.knownAt)
            guard !outcome.label.isNaN else { continue }
            draft.numbers[0][row] = earned - cost
            draft.numbers[1][row] = Double(outcome.row)
        }
        return draft
    }

    private static func firstTouch(_ request: LabelRequest, _ value: (BarrierScan.Outcome) -> Double) throws -> LabelDraft {
        let scan = try BarrierScan(
            request, upper: request.parameters.double("upper"), lower: request.parameters.double("lower"))
        var draft = LabelDraft(rows: request.count)
        for row in 0..<request.count {
            guard let outcome = scan.outcome(row) else { continue }
            draft.set(row, value(outcome), knownAt: outcome.knownAt)
        }
        return draft
    }

    private static func timeToHit(_ request: LabelRequest) throws -> LabelDraft {
        let parameters = request.parameters
        let upper = parameters.double("upper"), lower = parameters.double("lower")
        if upper == nil, lower == nil { throw parameters.refusal("upper", "or lower must be given") }
        let scan = try BarrierScan(request, upper: upper, lower: lower)
        var draft = LabelDraft(rows: request.count, sides: 2)
        for row in 0..<request.count {
            guard let outcome = scan.outcome(row) else { continue }
            guard !outcome.label.isNaN else {
                draft.set(row, .nan, knownAt: outcome.knownAt)
                continue
            }
            draft.set(row, Double(outcome.row - row), knownAt: outcome.knownAt)
            draft.numbers[0][row] = scan.seconds(outcome, row)
            draft.numbers[1][row] = outcome.label == 0 ? 0 : 1
        }
        return draft
    }
}
