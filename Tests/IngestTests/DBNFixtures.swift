import Ingest
import Market
import Primitives

/// Made-up trades for tests; the seed decides everything.
enum DBNFixtures {
    static let metadata = DBNMetadata(
        dataset: "GLBX.MDP3", schema: .trades, start: UnixNanos(1_700_000_000_000_000_000), end: nil, limit: 12,
        symbols: ["ESH4", "ES.FUT"], partial: ["ES.FUT"], notFound: ["NOPE"],
        mappings: [
            DBNSymbolMapping(
                rawSymbol: "ESH4",
                intervals: [
                    DBNMappingInterval(
                        start: CivilDate(daysSinceEpoch: 19_670), end: CivilDate(daysSinceEpoch: 19_680), symbol: "17077"),
                    DBNMappingInterval(
                        start: CivilDate(daysSinceEpoch: 19_680), end: CivilDate(daysSinceEpoch: 19_700), symbol: ""),
                ])
        ])

    static func trades(count: Int, seed: UInt64) -> [DBNTradeRecord] {
        var random = SeededGenerator(seed: seed)
        var time: UInt64 = 1_700_000_000_000_000_000
        return (0..<count).map { index in
            time += random.next() % 1_000_000_000
            return DBNTradeRecord(
                publisherID: 1, instrumentID: 17_077, tsEvent: time,
                price: 4_800_000_000_000 + Int64(random.next() % 400) * 250_000_000,
                size: UInt32(random.next() % 20) + 1, side: AggressorSide.allCases[Int(random.next() % 3)].rawValue,
                flags: UInt8(truncatingIfNeeded: random.next()), tsRecv: time + random.next() % 1_000_000,
                tsInDelta: Int32(random.next() % 20_000), sequence: UInt32(index))
        }
    }
}
