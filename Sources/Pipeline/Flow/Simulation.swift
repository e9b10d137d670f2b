import Ingest
import Market
public import OrderFlow
import Primitives

/// `apus simulate es`: trades of the order-flow simulator, or quotes around them, as a DBN file of version 3.
public enum Simulation {
    /// What is written: a schema's name.
    public enum Schema: String, Sendable, CaseIterable {
        case trades
        /// Quotes, the same trades among them.
        case quotes = "mbp-1"
    }

    /// - Parameter output: a name that ends in `.zst` is compressed.
    /// - Returns: how many records were written.
    /// - Throws: `SimulationError`, `CalendarError`, `ApusError`.
    public static func write(
        _ parameters: SimulationParameters, schema: Schema = .trades, to output: String, progress: (Int64) -> Void = { _ in }
    ) throws -> Int64 {
        let calendar = SessionCalendars.cmeEquity
        switch schema {
        case .trades:
            var simulator = try OrderFlowSimulator(parameters: parameters, calendar: calendar)
            let writer = try writer(parameters, .trades, output)
            let empty = RawTrade(instrumentID: 0, tsEvent: 0, price: 0, size: 0, side: 0)
            return try write(writer, empty, progress, fill: { try simulator.fill($0) }, append: { try writer.append($0) })
        case .quotes:
            var simulator = try QuoteSimulator(parameters: parameters, calendar: calendar)
            let writer = try writer(parameters, .mbp1, output)
            let empty = RawQuote(
                instrumentID: 0, tsEvent: 0, tsRecv: 0, action: 0, bidPrice: 0, askPrice: 0, bidSize: 0, askSize: 0)
            return try write(writer, empty, progress, fill: { try simulator.fill($0) }, append: { try writer.append($0) })
        }
    }

    private static func writer(_ parameters: SimulationParameters, _ schema: DBNSchema, _ output: String) throws -> DBNWriter {
        let calendar = SessionCalendars.cmeEquity
        let start = try FirstSession.open(parameters.startDate, calendar)
        var metadata = DBNMetadata(dataset: "GLBX.MDP3", schema: schema, start: start, symbols: [parameters.symbol])
        // The interval covers every date that a record can carry.
        metadata.mappings = [
            DBNSymbolMapping(
                rawSymbol: parameters.symbol,
                intervals: [
                    DBNMappingInterval(
                        start: start.utcDate, end: calendar.coverage.upperBound, symbol: String(parameters.instrumentID))
                ])
        ]
        return try DBNWriter(path: output, metadata: metadata, compress: output.hasSuffix(".zst"))
    }

    private static func write<Record>(
        _ writer: DBNWriter, _ empty: Record, _ progress: (Int64) -> Void,
        fill: (UnsafeMutableBufferPointer<Record>) throws -> Int, append: (UnsafeBufferPointer<Record>) throws -> Void
    ) throws -> Int64 {
        var block = [Record](repeating: empty, count: 65_536)
        while true {
            let count = try block.withUnsafeMutableBufferPointer { try fill($0) }
            if count == 0 { break }
            try block.withUnsafeBufferPointer { try append(UnsafeBufferPointer(rebasing: $0[..<count])) }
            progress(writer.count)
        }
        try writer.finish()
        return writer.count
    }
}

private enum FirstSession {
    /// When the first simulated session opens.
    static func open(_ date: CivilDate, _ calendar: TableCalendar) throws -> UnixNanos {
        try (calendar.session(on: date) ?? calendar.nextSession(after: date)).fullOpen
    }
}
