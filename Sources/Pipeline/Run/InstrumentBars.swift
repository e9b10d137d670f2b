import Contracts
import Lake
import Market
import Primitives

/// The bars that an instrument trades on, and the raw files they came from.
struct InstrumentBars {
    let lane: BarLane
    /// When each bar is known by its dataset's rule, its close or later.
    let availableAt: [UnixNanos]
    /// sha256 of every file read, with its role.
    let inputs: [InputFile]

    /// The bars whose trade dates lie in the range; nil bounds are open.
    /// - Throws: `ApusError`.
    static func load(
        _ instrument: InstrumentSpec, _ data: DataAccess, from start: CivilDate?, through end: CivilDate?
    ) throws -> InstrumentBars {
        func isWanted(_ date: CivilDate) -> Bool { (start.map { date >= $0 } ?? true) && (end.map { date <= $0 } ?? true) }
        guard let (rows, input) = try data.intraday(instrument.prices, symbol: instrument.id) else {
            return try CalendarError.wrapping("dataset", instrument.prices.datasetID) { try daily(instrument, data, isWanted) }
        }
        return try CalendarError.wrapping("dataset", instrument.prices.datasetID) {
            try intraday(instrument, rows, input, data, isWanted)
        }
    }

    private static func daily(
        _ instrument: InstrumentSpec, _ data: DataAccess, _ isWanted: (CivilDate) -> Bool
    ) throws -> InstrumentBars {
        let calendar = try SessionCalendars.named(instrument.calendar)
        let (table, input) = try data.daily(instrument.prices.datasetID)
        let prices = try Prices(instrument, file: input.path) { try data.column($0, of: table, instrument.prices.datasetID) }
        var bars: [Bar] = []
        var dates: [CivilDate] = []
        var known: [UnixNanos] = []
        let dataset = data.workspace.configuration.dataset(instrument.prices.datasetID)
        let rule = try dataset?.knownTimeRule.map { ($0, try SessionCalendars.named($0.calendar)) }
        for (index, date) in table.dates.enumerated() where isWanted(date) {
            guard let session = try calendar.session(on: date) else {
                throw ApusError(
                    "run.session", "a price is dated on a day without a session",
                    context: ["instrument": instrument.id, "date": date.description, "calendar": calendar.name])
            }
            bars.append(try prices.bar(index, from: session.regularOpen, to: session.regularClose, at: date.description))
            dates.append(date)
            let published = try rule.map { rule, calendar in
                date < calendar.coverage.lowerBound
                    ? session.regularClose
                    : try Availability.instant(date, rule, lag: dataset?.availabilityLagDays ?? 0, calendar)
            }
            known.append(max(session.regularClose, published ?? session.regularClose))
        }
        return InstrumentBars(
            lane: BarLane(bars: bars, tradeDates: dates, sessionCloses: bars.map(\.closeTime)), availableAt: known,
            inputs: [input])
    }

    private static func intraday(
        _ instrument: InstrumentSpec, _ table: DataAccess.DerivedSeries, _ input: InputFile, _ data: DataAccess,
        _ isWanted: (CivilDate) -> Bool
    ) throws -> InstrumentBars {
        if let row = table.labels.indices.first(where: { table.closes[$0] <= table.labels[$0] }) {
            throw ApusError(
                "run.prices", "rows that are known at their timestamp are no bars; prices need bar_close or close_label",
                context: ["instrument": instrument.id, "file": input.path, "at": table.labels[row].description])
        }
        let prices = try Prices(instrument, file: input.path) { try data.column($0, of: table, instrument.prices) }
        let kept = table.labels.indices.filter { isWanted(table.tradeDates[$0]) && !prices.areMissing($0) }
        let bars = try kept.map { index in
            try prices.bar(index, from: table.labels[index], to: table.closes[index], at: table.labels[index].description)
        }
        let dataset = data.workspace.configuration.dataset(instrument.prices.datasetID)
        let lag = dataset?.timed == nil ? 0 : dataset?.availabilityLagDays ?? 0
        let calendar = try SessionCalendars.named(table.calendar)
        return InstrumentBars(
            lane: BarLane(
                bars: bars, tradeDates: kept.map { table.tradeDates[$0] }, sessionCloses: kept.map { table.sessionCloses[$0] }),
            availableAt: try kept.map {
                lag == 0 ? table.availableAt[$0] : try Availability.later(table.availableAt[$0], by: lag, calendar)
            },
            inputs: [input])
    }

    /// The four price columns of an instrument.
    private struct Prices {
        let instrument: InstrumentSpec
        let file: String
        let open: [Double]
        let high: [Double]
        let low: [Double]
        let close: [Double]

        init(_ instrument: InstrumentSpec, file: String, column: (String) throws -> [Double]) throws {
            self.instrument = instrument
            self.file = file
            func named(_ cell: String, _ name: String) throws -> [Double] {
                do { return try column(name) } catch let error as ApusError {
                    throw error.adding("file", file).adding("column", cell).adding("row", instrument.id)
                        .adding("sheet", "INSTRUMENTS")
                }
            }
            open = try named("open_col", instrument.openColumn)
            high = try named("high_col", instrument.highColumn)
            low = try named("low_col", instrument.lowColumn)
            close = try named("close_col", instrument.closeColumn)
        }

        /// Whether there was no bar: a gap that the file fills with an empty row.
        func areMissing(_ index: Int) -> Bool { [open, high, low, close].allSatisfy { $0[index].isNaN } }

        /// - Throws: `ApusError` `run.prices` where a price is missing or not positive, or the four contradict each other.
        func bar(_ index: Int, from start: UnixNanos, to end: UnixNanos, at place: String) throws -> Bar {
            let (open, high, low, close) = (open[index], high[index], low[index], close[index])
            guard open.isFinite, high.isFinite, low > 0, close.isFinite, high >= max(open, close), low <= min(open, close) else {
                throw ApusError(
                    "run.prices",
                    "open, high, low, close are missing, not positive or contradictory: \(open), \(high), \(low), \(close)",
                    context: ["instrument": instrument.id, "file": file, "at": place])
            }
            return Bar(openTime: start, closeTime: end, open: open, high: high, low: low, close: close, volume: .nan)
        }
    }
}

/// A file that a run read.
struct InputFile: Hashable {
    let role: String
    let path: String
    let digest: Digest

    var json: JSONValue { ["role": .string(role), "path": .string(path), "sha256": .string(digest.hex)] }
}
