import Contracts
import Features
import Labels
import Market
import Primitives

/// A label of the workbook with everything that it reads, loaded and identified.
protocol LabelPlan {
    var meaning: LabelMeaning { get }
    var files: [InputFile] { get }
    /// Digest of the inputs' contents.
    var inputsDigest: String { get }
    /// What the label is computed from, as an audit cuts and changes it.
    var inputs: [AuditInput] { get }
    /// The label over its inputs, which may be cut or changed.
    /// - Throws: `LabelError`, `FeatureError`.
    func column(_ inputs: [AuditInput]) throws -> LabelColumn
}

extension LabelPlan {
    /// The label as `FeatureAudit` tests it: each row claims to be known at its end time.
    var auditSubject: AuditSubject {
        AuditSubject(id: meaning.row.id, inputs: inputs, isReadInOrder: false) { try column($0).auditSeries }
    }
}

extension LabelMeaning {
    /// Loads what the label reads.
    /// - Throws: `ApusError`, `FeatureError`, `LabelError`, `CalendarError`.
    func plan(_ data: DataAccess, _ features: FeatureStore) throws -> any LabelPlan {
        if members.isEmpty { return try SeriesLabelPlan(self, data, features) }
        return try CrossSectionPlan(self, members.map { try SeriesLabelPlan($0, data, features) })
    }
}

/// A label of one instrument's series.
struct SeriesLabelPlan: LabelPlan {
    let meaning: LabelMeaning
    let files: [InputFile]
    let inputsDigest: String
    private let sources: Sources
    /// Of the instrument's bars.
    private let sessionCloses: [UnixNanos]
    private let volatility: BuiltFeature?
    private let side: BuiltFeature?

    /// What the label is computed from, each row with the time it was known.
    private struct Sources {
        /// open, high, low and close of the instrument's bars.
        var bars: FeatureRows
        var volatility: Series?
        var side: Series?
        /// The other instrument's closes.
        var benchmark: Series?
    }

    /// - Throws: `ApusError`, `FeatureError`, `LabelError`, `CalendarError`.
    init(_ meaning: LabelMeaning, _ data: DataAccess, _ features: FeatureStore) throws {
        self.meaning = meaning
        let row = meaning.row
        let bars = try InstrumentBars.load(meaning.instrument, data, from: nil, through: nil)
        let benchmark = try meaning.benchmark.map { ($0, try InstrumentBars.load($0, data, from: nil, through: nil)) }
        volatility = try row.volatilityFeatureID.map { try features.feature($0) }
        side = try row.sideFeatureID.map { try features.feature($0) }
        let lane = bars.lane
        sessionCloses = lane.sessionCloses
        sources = Sources(
            bars: FeatureRows(
                labels: lane.bars.map(\.openTime), availableAt: bars.availableAt,
                columns: [lane.bars.map(\.open), lane.bars.map(\.high), lane.bars.map(\.low), lane.bars.map(\.close)]),
            volatility: volatility?.column, side: side?.column,
            benchmark: benchmark.map { instrument, bars in
                Series(
                    name: instrument.id, labels: bars.lane.bars.map(\.openTime), values: bars.lane.bars.map(\.close),
                    availableAt: bars.availableAt)
            })
        var files: [InputFile] = []
        let read = bars.inputs + (benchmark?.1.inputs ?? []) + (volatility?.files ?? []) + (side?.files ?? [])
        for file in read where !files.contains(file) { files.append(file) }
        self.files = files
        // Times are content too: a calendar decides when a bar is known.
        let contents =
            [sources.bars.digest(sources.bars.count).hex] + (sources.benchmark.map { [$0.contentDigest.hex] } ?? [])
            + (bars.inputs + (benchmark?.1.inputs ?? [])).map(\.digest.hex) + [volatility, side].compactMap { $0?.inputsDigest }
        inputsDigest = Digest.of(contents.joined(separator: "\n")).hex
    }

    private var row: LabelRowSpec { meaning.row }
    private var spec: LabelSpec { meaning.spec }

    /// Features and the benchmark are read as known at each decision.
    private func column(_ sources: Sources) throws -> LabelColumn {
        let bars = sources.bars
        let prices = try LabelPrices(
            labels: bars.labels, availableAt: bars.availableAt, open: bars.columns[0], high: bars.columns[1],
            low: bars.columns[2], close: bars.columns[3], sessionCloses: sessionCloses(of: bars))
        func read(_ series: Series?, _ built: BuiltFeature?) throws -> [Double]? {
            guard let series, let built else { return nil }
            let feature = built.feature(reading: series)
            return try bars.labels.indices.map {
                try feature.value(decisionTime: bars.availableAt[$0], label: bars.labels[$0])
            }
        }
        let own = spec.hasOwnVolatility && volatility == nil ? TrailingVolatility.ofReturns(prices.close) : nil
        return try LabelBuilder.build(
            spec, prices: prices,
            inputs: LabelInputs(
                volatility: try read(sources.volatility, volatility) ?? own, side: try read(sources.side, side),
                benchmark: sources.benchmark.map { series in
                    series.rowsKnown(at: bars.availableAt).map { $0 < 0 ? .nan : series.values[$0] }
                }))
    }

    /// An audit leaves out bars and adds later ones; one that no session is known of ends with the session before or by itself.
    private func sessionCloses(of bars: FeatureRows) -> [UnixNanos] {
        let own = sources.bars.labels
        if bars.labels == own { return sessionCloses }
        var (place, latest) = (0, UnixNanos(Int64.min))
        return bars.labels.indices.map { row in
            while place < own.count, own[place] < bars.labels[row] { place += 1 }
            let isOwn = place < own.count && own[place] == bars.labels[row]
            latest = max(latest, isOwn ? sessionCloses[place] : bars.availableAt[row])
            return latest
        }
    }

    /// What is read beside the bars, in the order in which it follows them among the inputs.
    private var others: [(name: String, input: AuditInput, path: WritableKeyPath<Sources, Series?>)] {
        func other(_ what: String, _ id: String?, _ path: WritableKeyPath<Sources, Series?>) -> (
            name: String, input: AuditInput, path: WritableKeyPath<Sources, Series?>
        )? {
            sources[keyPath: path].map {
                let rows = FeatureRows(labels: $0.labels, availableAt: $0.availableAt, columns: [$0.values])
                return (what, AuditInput(name: "\(what) \(id ?? "")", rows: rows), path)
            }
        }
        return [
            other("volatility", row.volatilityFeatureID, \.volatility), other("side", row.sideFeatureID, \.side),
            other("benchmark", row.benchmarkInstrumentID, \.benchmark),
        ].compactMap { $0 }
    }

    var inputs: [AuditInput] { [AuditInput(name: "bars of \(row.instrumentID)", rows: sources.bars)] + others.map(\.input) }

    func column(_ inputs: [AuditInput]) throws -> LabelColumn {
        var changed = Sources(bars: Self.asBars(inputs[0].rows))
        for (other, input) in zip(others, inputs.dropFirst()) {
            changed[keyPath: other.path] = Series(
                name: other.name, labels: input.rows.labels, values: input.rows.columns[0], availableAt: input.rows.availableAt)
        }
        return try column(changed)
    }

    /// Changed prices are bars again: the high is the highest of the four, the low the lowest.
    private static func asBars(_ rows: FeatureRows) -> FeatureRows {
        var rows = rows
        for row in rows.labels.indices {
            let prices = rows.columns.map { $0[row] }
            rows.columns[1][row] = prices.max() ?? .nan
            rows.columns[2][row] = prices.min() ?? .nan
        }
        return rows
    }
}

/// A label that compares instruments at one time.
struct CrossSectionPlan: LabelPlan {
    let meaning: LabelMeaning
    let files: [InputFile]
    let inputsDigest: String
    private let members: [SeriesLabelPlan]
    /// Which of them is judged.
    private let own: Int

    /// - Parameter members: the meaning's, in their order.
    init(_ meaning: LabelMeaning, _ members: [SeriesLabelPlan]) throws {
        self.meaning = meaning
        self.members = members
        own = members.firstIndex { $0.meaning.instrument.id == meaning.instrument.id } ?? 0
        var files: [InputFile] = []
        for file in members.flatMap(\.files) where !files.contains(file) { files.append(file) }
        self.files = files
        inputsDigest = Digest.of(members.map(\.inputsDigest).joined(separator: "\n")).hex
    }

    var inputs: [AuditInput] { members.flatMap(\.inputs) }

    func column(_ inputs: [AuditInput]) throws -> LabelColumn {
        var rest = inputs[...]
        let columns = try members.map { member in
            let own = Array(rest.prefix(member.inputs.count))
            rest = rest.dropFirst(own.count)
            return try member.column(own)
        }
        let judged = columns[own]
        return try LabelBuilder.buildCrossSection(
            meaning.spec.definition, meaning.spec.parameters, of: columns.map { $0.aligned(to: judged) })[own]
    }
}

extension LabelColumn {
    /// What an audit compares: only a column that claims to be known when it ends, never a feature's.
    fileprivate var auditSeries: Series {
        Series(
            name: name, labels: rows, values: values, availableAt: endTimes.map { $0 ?? UnixNanos(Int64.max) })
    }

    /// How many rows have a value, and how many may still get one.
    var counts: (labelled: Int, pending: Int) {
        (values.count { !$0.isNaN }, endTimes.count { $0 == nil })
    }

    /// The rows that a training up to a time may use: decided at `from` or later, with a value whose outcome was fully known by
    /// `through`. Nil is without a bound.
    func sample(from: UnixNanos?, through: UnixNanos?) -> [Int] {
        (0..<count).filter { row in
            guard !values[row].isNaN, let end = endTimes[row] else { return false }
            return (from.map { decisionTimes[row] >= $0 } ?? true) && (through.map { end <= $0 } ?? true)
        }
    }

    /// How much each of the sample's rows counts beside the others of the sample: average uniqueness.
    func weights(of sample: [Int]) -> [Double] {
        let all = outcomeSpans()
        let spans = Dictionary(uniqueKeysWithValues: zip(all.rows, all.spans))
        // A label without a span, whose outcome lies at its decision, shares nothing.
        let held = sample.map { spans[$0] }
        var weights = SampleWeights.averageUniqueness(held.compactMap { $0 }, rows: count).makeIterator()
        return held.map { $0 == nil ? 1 : weights.next() ?? 1 }
    }

    /// ts, decision_at, known_at, value and what else the label found out.
    /// - Parameter sample: the rows wanted, all where nil.
    func table(_ sample: [Int]? = nil) -> Table {
        let rows = sample ?? Array(0..<count)
        func numbers(_ name: String, _ values: [Double]) -> Column {
            Column(
                ColumnSpec(name, .double, nullable: true), .doubles(rows.map { values[$0].isNaN ? 0 : values[$0] }),
                validity: rows.map { !values[$0].isNaN })
        }
        func instants(_ name: String, _ values: [UnixNanos?]) -> Column {
            Column(
                ColumnSpec(name, .timestampNanos(utc: true), nullable: true), .ints(rows.map { values[$0]?.rawValue ?? 0 }),
                validity: rows.map { values[$0] != nil })
        }
        func times(_ name: String, _ values: [UnixNanos]) -> Column {
            Column(ColumnSpec(name, .timestampNanos(utc: true)), .ints(rows.map { values[$0].rawValue }))
        }
        return Table(
            [
                times("ts", self.rows), times("decision_at", decisionTimes), instants("known_at", endTimes),
                numbers("value", values),
            ]
                + sides.map { side in
                    switch side.values {
                    case .numbers(let values): numbers(side.name, values)
                    case .instants(let values): instants(side.name, values)
                    }
                })
    }
}
