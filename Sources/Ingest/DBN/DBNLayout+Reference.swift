/// Records about instruments, venues and the connection.
extension DBNLayout {
    static let status: [DBNField] = [
        .timestamp("ts_recv", 16), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .uint16("action", 24), .uint16("reason", 26), .uint16("trading_event", 28),
        .character("is_trading", 30), .character("is_quoting", 31), .character("is_short_sell_restricted", 32),
    ]

    static let imbalance: [DBNField] = [
        .timestamp("ts_recv", 16), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .price("ref_price", 24), .timestamp("auction_time", 32),
        .price("cont_book_clr_price", 40), .price("auct_interest_clr_price", 48), .price("ssr_filling_price", 56),
        .price("ind_match_price", 64), .price("upper_collar", 72), .price("lower_collar", 80), .uint32("paired_qty", 88),
        .uint32("total_imbalance_qty", 92), .uint32("market_imbalance_qty", 96), .uint32("unpaired_qty", 100),
        .character("auction_type", 104), .character("side", 105), .uint8("auction_status", 106), .uint8("freeze_status", 107),
        .uint8("num_extensions", 108), .character("unpaired_side", 109), .character("significant_imbalance", 110),
    ]

    static let statistics: [DBNField] = [
        .timestamp("ts_recv", 16), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .timestamp("ts_ref", 24), .price("price", 32), .int64("quantity", 40),
        .uint32("sequence", 48), .int32("ts_in_delta", 52), .uint16("stat_type", 56), .uint16("channel_id", 58),
        .uint8("update_action", 60), .uint8("stat_flags", 61),
    ]

    static let statisticsV1: [DBNField] = [
        .timestamp("ts_recv", 16), .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2),
        .uint32("instrument_id", 4), .timestamp("ts_ref", 24), .price("price", 32), .int32("quantity", 40),
        .uint32("sequence", 44), .int32("ts_in_delta", 48), .uint16("stat_type", 52), .uint16("channel_id", 54),
        .uint8("update_action", 56), .uint8("stat_flags", 57),
    ]

    static let error: [DBNField] = [
        .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2), .uint32("instrument_id", 4),
        .text("err", 16, 302), .uint8("code", 318), .uint8("is_last", 319),
    ]

    static let errorV1: [DBNField] = [
        .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2), .uint32("instrument_id", 4),
        .text("err", 16, 64),
    ]

    static let system: [DBNField] = [
        .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2), .uint32("instrument_id", 4),
        .text("msg", 16, 303), .uint8("code", 319),
    ]

    static let systemV1: [DBNField] = [
        .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2), .uint32("instrument_id", 4),
        .text("msg", 16, 64),
    ]

    static let symbolMapping: [DBNField] = [
        .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2), .uint32("instrument_id", 4),
        .uint8("stype_in", 16), .text("stype_in_symbol", 17, 71), .uint8("stype_out", 88), .text("stype_out_symbol", 89, 71),
        .timestamp("start_ts", 160), .timestamp("end_ts", 168),
    ]

    static let symbolMappingV1: [DBNField] = [
        .timestamp("ts_event", 8), .uint8("rtype", 1), .uint16("publisher_id", 2), .uint32("instrument_id", 4),
        .text("stype_in_symbol", 16, 22), .text("stype_out_symbol", 38, 22), .timestamp("start_ts", 64),
        .timestamp("end_ts", 72),
    ]
}
