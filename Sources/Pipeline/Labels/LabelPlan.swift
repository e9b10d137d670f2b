import Contracts
import Features
import Labels
import Market
import Primitives

/// A label of the workbook with everything that it reads, loaded and identified.
struct LabelPlan {
    let row: LabelRowSpec
    let spec: LabelSpec
    let sources: Sources
    let files: [InputFile]
    /// Digest of all that the column means: definition with its version, parameters, prices, features.
    let specHash: String
    /// Digest of the inputs' contents.
    let inputsDigest: String
    /// As manifests hold it.
    let label: JSONValue
    let inputs: JSONValue
    /// Of the instrument's bars.
    private let sessionCloses: [UnixNanos]
    private let volatility: BuiltFeature?
    private let side: BuiltFeature?

    /// What the label is computed from, each row with the time it was known.
    struct Sources {
        /// open, high, low and close of the instrument's bars.
        var bars: FeatureRows
        var volatility: Series?
        var side: Series?
        /// The other instrument's closes.
        var benchmark: Series?
    }

    /// - Throws: `ApusError`, `FeatureError`, `LabelError`, `CalendarError`.
    init(_ row: LabelRowSpec, _ data: DataAccess, _ features: FeatureStore) throws {
        self.row = row
        spec = try LabelSpec(row)
        guard let definition = LabelCatalogue.named(spec.definition) else {
            throw LabelError.unknownLabel(name: spec.definition, suggestion: nil)
        }
        let (instrument, bars) = try Self.load(row.instrumentID, data)
        let benchmark = try row.benchmarkInstrumentID.map { try Self.load($0, data) }
        volatility = try row.volatilityFeatureID.map { try features.feature($0) }
        side = try row.sideFeatureID.map { try features.feature($0) }
        let lane = bars.lane
        sessionCloses = lane.sessionCloses
        sources = Sources(
            bars: FeatureRows(
                labels: lane.bars.map(\.openTime), availableAt: lane.bars.map(\.closeTime),
                columns: [lane.bars.map(\.open), lane.bars.map(\.high), lane.bars.map(\.low), lane.bars.map(\.close)]),
            volatility: volatility?.column, side: side?.column,
            benchmark: benchmark.map { instrument, bars in
                Series(
                    name: instrument.id, labels: bars.lane.bars.map(\.openTime), values: bars.lane.bars.map(\.close),
                    availableAt: bars.lane.bars.map(\.closeTime))
            })
        var files: [InputFile] = []
        let read = bars.inputs + (benchmark?.1.inputs ?? []) + (volatility?.files ?? []) + (side?.files ?? [])
        for file in read where !files.contains(file) { files.append(file) }
        self.files = files
        label = [
            "definition": .string(definition.name), "version": .int(Int64(definition.version)),
            "parameters": .object(try LabelParameters(definition, spec.parameters).values),
        ]
        inputs = [
            "instrument": Self.identity(instrument), "benchmark": benchmark.map { Self.identity($0.0) } ?? .null,
            "volatility": Self.identity(volatility), "side": Self.identity(side),
        ]
        specHash = try Digest.of(JSONValue.object(["label": label, "inputs": inputs])).hex
        // Times are content too: a calendar decides when a bar is known.
        let contents =
            [sources.bars.digest(sources.bars.count).hex] + (sources.benchmark.map { [$0.contentDigest.hex] } ?? [])
            + (bars.inputs + (benchmark?.1.inputs ?? [])).map(\.digest.hex) + [volatility, side].compactMap { $0?.inputsDigest }
        inputsDigest = Digest.of(contents.joined(separator: "\n")).hex
    }

    private static func load(_ id: String, _ data: DataAccess) throws -> (InstrumentSpec, InstrumentBars) {
        guard let instrument = data.workspace.configuration.instrument(id) else {
            throw ApusError("config.unknown", "INSTRUMENTS has no row \"\(id)\"")
        }
        return (instrument, try InstrumentBars.load(instrument, data, from: nil, through: nil))
    }

    private static func identity(_ instrument: InstrumentSpec) -> JSONValue {
        [
            "prices": .string(instrument.prices.description), "symbol": .string(instrument.id),
            "calendar": .string(instrument.calendar),
            "columns": [
                .string(instrument.openColumn), .string(instrument.highColumn), .string(instrument.lowColumn),
                .string(instrument.closeColumn),
            ],
        ]
    }

    private static func identity(_ feature: BuiltFeature?) -> JSONValue {
        guard let feature else { return .null }
        return [
            "feature": .string(feature.specHash), "lag_rows": feature.resolved.spec.lagRows.map { .int(Int64($0)) } ?? .null,
        ]
    }

    /// The label over sources that may be cut or changed. Features and the benchmark are read as known at each decision.
    /// - Throws: `LabelError`, `FeatureError`.
    func column(_ sources: Sources) throws -> LabelColumn {
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

    /// The label as `FeatureAudit` tests it: each row claims to be known at its end time.
    var auditSubject: AuditSubject {
        func input(_ series: Series?, _ name: String) -> AuditInput? {
            series.map {
                AuditInput(name: name, rows: FeatureRows(labels: $0.labels, availableAt: $0.availableAt, columns: [$0.values]))
            }
        }
        let others: [(name: String, input: AuditInput, path: WritableKeyPath<Sources, Series?>)] = [
            input(sources.volatility, "volatility \(row.volatilityFeatureID ?? "")").map { ("volatility", $0, \.volatility) },
            input(sources.side, "side \(row.sideFeatureID ?? "")").map { ("side", $0, \.side) },
            input(sources.benchmark, "benchmark \(row.benchmarkInstrumentID ?? "")").map { ("benchmark", $0, \.benchmark) },
        ].compactMap { $0 }
        let bars = AuditInput(name: "bars of \(row.instrumentID)", rows: sources.bars)
        return AuditSubject(id: row.id, inputs: [bars] + others.map(\.input), isReadInOrder: false) { inputs in
            var changed = Sources(bars: Self.asBars(inputs[0].rows))
            for (other, input) in zip(others, inputs.dropFirst()) {
                changed[keyPath: other.path] = Series(
                    name: other.name, labels: input.rows.labels, values: input.rows.columns[0],
                    availableAt: input.rows.availableAt)
            }
            return try column(changed).auditSeries
        }
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

    /// The columns of `values.parquet`: ts, decision_at, known_at, value, weight and what else the label found out.
    var table: Table {
        let spans = outcomeSpans()
        var weights = [Double](repeating: .nan, count: count)
        for (row, weight) in zip(spans.rows, SampleWeights.averageUniqueness(spans.spans, rows: count)) { weights[row] = weight }
        func numbers(_ name: String, _ values: [Double]) -> Column {
            Column(
                ColumnSpec(name, .double, nullable: true), .doubles(values.map { $0.isNaN ? 0 : $0 }),
                validity: values.map { !$0.isNaN })
        }
        func instants(_ name: String, _ values: [UnixNanos?]) -> Column {
            Column(
                ColumnSpec(name, .timestampNanos(utc: true), nullable: true), .ints(values.map { $0?.rawValue ?? 0 }),
                validity: values.map { $0 != nil })
        }
        func times(_ name: String, _ values: [UnixNanos]) -> Column {
            Column(ColumnSpec(name, .timestampNanos(utc: true)), .ints(values.map(\.rawValue)))
        }
        return Table(
            [
                times("ts", rows), times("decision_at", decisionTimes), instants("known_at", endTimes), numbers("value", values),
                numbers("weight", weights),
            ]
                + sides.map { side in
                    switch side.values {
                    case .numbers(let values): numbers(side.name, values)
                    case .instants(let values): instants(side.name, values)
                    }
                })
    }
}
