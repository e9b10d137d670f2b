public import Primitives

/// Which symbol an instrument id stood for on a UTC date, from a file's metadata.
///
/// Where the output symbology is `instrument_id` (the usual case) ids map back to the requested symbols; where the request was by
/// `instrument_id` they map to the names of the output symbology. Of intervals that begin on the same date the one listed last
/// counts.
public struct SymbolResolver: Sendable {
    private struct Interval {
        let start: CivilDate
        let end: CivilDate
        let symbol: String
    }

    /// Per instrument id, in order of start.
    private let intervals: [UInt32: [Interval]]

    /// - Throws: `ApusError` `dbn.symbology` where neither side of the mappings is an instrument id.
    public init(_ metadata: DBNMetadata, file: String) throws {
        var found: [UInt32: [Interval]] = [:]
        for mapping in metadata.mappings {
            for interval in mapping.intervals where !interval.symbol.isEmpty {
                let idText: String, symbol: String
                if metadata.stypeIn == .instrumentID {
                    (idText, symbol) = (mapping.rawSymbol, interval.symbol)
                } else if metadata.stypeOut == .instrumentID {
                    (idText, symbol) = (interval.symbol, mapping.rawSymbol)
                } else {
                    throw ApusError(
                        "dbn.symbology", "the symbol mappings name no instrument ids",
                        context: ["file": file, "symbology": metadata.stypeOut.name])
                }
                guard let id = UInt32(idText) else {
                    throw ApusError("dbn.symbology", "\"\(idText)\" is not an instrument id", context: ["file": file])
                }
                found[id, default: []].append(Interval(start: interval.start, end: interval.end, symbol: symbol))
            }
        }
        intervals = found.mapValues { list in
            // Stable: equal starts keep the order of the metadata.
            list.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
        }
    }

    /// Every (id, symbol) that the metadata names, each once, sorted.
    public var pairs: [(instrumentID: UInt32, symbol: String)] {
        intervals.keys.sorted().flatMap { id in
            Set((intervals[id] ?? []).map(\.symbol)).sorted().map { (id, $0) }
        }
    }

    public var isEmpty: Bool { intervals.isEmpty }

    /// Nil where no interval covers the date.
    public func symbol(_ instrumentID: UInt32, on date: CivilDate) -> String? {
        guard let list = intervals[instrumentID], let last = list.last(where: { $0.start <= date }), date < last.end else {
            return nil
        }
        return last.symbol
    }

    /// The symbol at an instant, by its UTC date.
    public func symbol(_ instrumentID: UInt32, at time: UnixNanos) -> String? { symbol(instrumentID, on: time.utcDate) }
}
