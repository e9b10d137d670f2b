/// Fields in databento-dbn's order; the first is the time that a record is indexed by.
extension DBNLayout {
    static let trade: [DBNField] = [
        .timestamp("ts_recv", 32), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .character("action", 28), .character("side", 29), .uint8("depth", 31),
        .price("price", 16), .uint32("size", 24), .uint8("flags", 30), .int32("ts_in_delta", 40), .uint32("sequence", 44),
    ]

    static let mbo: [DBNField] = [
        .timestamp("ts_recv", 40), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .character("action", 38), .character("side", 39), .price("price", 24),
        .uint32("size", 32), .uint8("channel_id", 37), .uint64("order_id", 16), .uint8("flags", 36),
        .int32("ts_in_delta", 48), .uint32("sequence", 52),
    ]

    static let bbo: [DBNField] = [
        .timestamp("ts_recv", 32), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .character("side", 29), .price("price", 16), .uint32("size", 24), .uint8("flags", 30),
        .uint32("sequence", 44),
    ]

    static let cmbp: [DBNField] = [
        .timestamp("ts_recv", 32), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .character("action", 28), .character("side", 29), .price("price", 16),
        .uint32("size", 24), .uint8("flags", 30), .int32("ts_in_delta", 40),
    ]

    static let cbbo: [DBNField] = [
        .timestamp("ts_recv", 32), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .character("side", 29), .price("price", 16), .uint32("size", 24), .uint8("flags", 30),
    ]

    static let ohlcv: [DBNField] = [
        .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2), .uint32("instrument_id", 4),
        .price("open", 16), .price("high", 24), .price("low", 32), .price("close", 40), .uint64("volume", 48),
    ]

    /// Price levels of 32 bytes each from byte 48 on: prices, sizes and order counts.
    static func levels(_ count: Int) -> [DBNField] {
        var fields: [DBNField] = []
        for level in 0..<count {
            let base = 48 + 32 * level
            let suffix = "_0\(level)"
            fields.append(.price("bid_px" + suffix, base))
            fields.append(.price("ask_px" + suffix, base + 8))
            fields.append(.uint32("bid_sz" + suffix, base + 16))
            fields.append(.uint32("ask_sz" + suffix, base + 20))
            fields.append(.uint32("bid_ct" + suffix, base + 24))
            fields.append(.uint32("ask_ct" + suffix, base + 28))
        }
        return fields
    }

    /// One level of a consolidated book: publishers in place of order counts.
    static let consolidatedLevel: [DBNField] = [
        .price("bid_px_00", 48), .price("ask_px_00", 56), .uint32("bid_sz_00", 64), .uint32("ask_sz_00", 68),
        .uint16("bid_pb_00", 72), .uint16("ask_pb_00", 76),
    ]
}
