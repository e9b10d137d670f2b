import Contracts
import Engine
import Lake
import Market
import Primitives

/// The bars that an instrument trades on, and the raw files they came from.
struct InstrumentBars {
    let lane: BarMerge.Lane
    /// sha256 of every file read, with its role.
    let inputs: [InputFile]

    /// - Throws: `ApusError`, `CalendarError`.
    static func load(_ instrument: InstrumentSpec, _ data: DataAccess) throws -> InstrumentBars {
        let calendar = try SessionCalendars.named(instrument.calendar)
        return instrument.prices.table == nil
            ? try daily(instrument, data, calendar) : try derived(instrument, data, calendar)
    }

    private static func daily(_ instrument: InstrumentSpec, _ data: DataAccess, _ calendar: any SessionCalendar) throws
        -> InstrumentBars
    {
        let (table, input) = try data.daily(instrument.prices.datasetID)
        func column(_ name: String) throws -> [Double] { try data.column(name, of: table, instrument.prices.datasetID) }
        let open = try column(instrument.openColumn), high = try column(instrument.highColumn)
        let low = try column(instrument.lowColumn), close = try column(instrument.closeColumn)
        var bars: [Bar] = []
        for (index, date) in table.dates.enumerated() {
            guard let session = try calendar.session(on: date) else {
                throw ApusError(
                    "run.session", "a price is dated on a day without a session",
                    context: ["instrument": instrument.id, "date": date.description, "calendar": calendar.name])
            }
            try check([open[index], high[index], low[index], close[index]], instrument, at: date.description)
            bars.append(
                Bar(
                    openTime: session.regularOpen, closeTime: session.regularClose, open: open[index], high: high[index],
                    low: low[index],
                    close: close[index], volume: .nan))
        }
        return InstrumentBars(lane: BarMerge.Lane(bars: bars, tradeDates: table.dates), inputs: [input])
    }

    private static func derived(_ instrument: InstrumentSpec, _ data: DataAccess, _ calendar: any SessionCalendar) throws
        -> InstrumentBars
    {
        let reference = instrument.prices
        guard let interval = reference.intervalNanos else {
            throw ApusError(
                "run.prices", "prices come from a bars table",
                context: ["instrument": instrument.id, "source": reference.description])
        }
        let (table, input) = try data.derived(reference, symbol: instrument.id)
        let times = table.labels
        func column(_ name: String) throws -> [Double] { try data.column(name, of: table, reference) }
        let open = try column(instrument.openColumn), high = try column(instrument.highColumn)
        let low = try column(instrument.lowColumn), close = try column(instrument.closeColumn)
        var clock = SessionClock(calendar: calendar)
        var bars: [Bar] = []
        var dates: [CivilDate] = []
        for index in times.indices {
            try check([open[index], high[index], low[index], close[index]], instrument, at: times[index].description)
            bars.append(
                Bar(
                    openTime: times[index], closeTime: times[index] + interval, open: open[index], high: high[index],
                    low: low[index],
                    close: close[index], volume: .nan))
            dates.append(try clock.tradeDate(at: times[index]))
        }
        return InstrumentBars(lane: BarMerge.Lane(bars: bars, tradeDates: dates), inputs: [input])
    }

    private static func check(_ prices: [Double], _ instrument: InstrumentSpec, at place: String) throws {
        let open = prices[0], high = prices[1], low = prices[2], close = prices[3]
        guard prices.allSatisfy(\.isFinite), high >= max(open, close), low <= min(open, close) else {
            throw ApusError(
                "run.prices", "open, high, low, close are missing or contradict each other: \(open), \(high), \(low), \(close)",
                context: ["instrument": instrument.id, "at": place])
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
