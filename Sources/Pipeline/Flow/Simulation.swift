import Ingest
import Market
public import OrderFlow
import Primitives

/// `apus simulate es`: trades of the order-flow simulator as a DBN file of version 3.
public enum Simulation {
    /// - Parameter output: a name that ends in `.zst` is compressed.
    /// - Returns: how many trades were written.
    /// - Throws: `SimulationError`, `CalendarError`, `ApusError`.
    public static func write(_ parameters: SimulationParameters, to output: String, progress: (Int64) -> Void = { _ in }) throws
        -> Int64
    {
        let calendar = SessionCalendars.cmeEquity
        var simulator = try OrderFlowSimulator(parameters: parameters, calendar: calendar)
        let start = try FirstSession.open(parameters.startDate, calendar)
        var metadata = DBNMetadata(dataset: "GLBX.MDP3", schema: .trades, start: start, symbols: [parameters.symbol])
        // The interval covers every date that a record can carry.
        metadata.mappings = [
            DBNSymbolMapping(
                rawSymbol: parameters.symbol,
                intervals: [
                    DBNMappingInterval(
                        start: start.utcDate, end: calendar.coverage.upperBound, symbol: String(parameters.instrumentID))
                ])
        ]
        let writer = try DBNWriter(path: output, metadata: metadata, compress: output.hasSuffix(".zst"))
        let empty = RawTrade(instrumentID: 0, tsEvent: 0, price: 0, size: 0, side: 0)
        var block = [RawTrade](repeating: empty, count: 65_536)
        var total: Int64 = 0
        while true {
            let count = try block.withUnsafeMutableBufferPointer { try simulator.fill($0) }
            if count == 0 { break }
            try block.withUnsafeBufferPointer { try writer.append(UnsafeBufferPointer(rebasing: $0[..<count])) }
            total += Int64(count)
            progress(total)
        }
        try writer.finish()
        return total
    }
}

private enum FirstSession {
    /// When the first simulated session opens.
    static func open(_ date: CivilDate, _ calendar: TableCalendar) throws -> UnixNanos {
        try (calendar.session(on: date) ?? calendar.nextSession(after: date)).fullOpen
    }
}
