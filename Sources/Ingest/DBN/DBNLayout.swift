/// Which fields a record has, by record type and DBN version.
public enum DBNLayout {
    /// The fields of a record in databento-dbn's order.
    ///
    /// - Parameter upgrades: whether records of versions 1 and 2 are presented as those of version 3, as databento-dbn does by
    ///   default: what the older version lacks is filled with version 3's undefined values, what version 3 dropped is left out.
    public static func fields(_ type: DBNRecordType, version: UInt8, upgrades: Bool = true) -> [DBNField] {
        let stored = stored(type, version: version)
        return upgrades && version < 3 ? upgraded(stored, to: self.stored(type, version: 3)) : stored
    }

    /// The record types that make up a file of a schema.
    public static func types(_ schema: DBNSchema) -> [DBNRecordType] {
        switch schema {
        case .mbo: [.mbo]
        case .mbp1: [.mbp1]
        case .mbp10: [.mbp10]
        case .tbbo: [.mbp1, .tbbo]
        case .trades: [.trade]
        case .ohlcv1s: [.ohlcv1s, .ohlcvDeprecated]
        case .ohlcv1m: [.ohlcv1m, .ohlcvDeprecated]
        case .ohlcv1h: [.ohlcv1h, .ohlcvDeprecated]
        case .ohlcv1d: [.ohlcv1d, .ohlcvDeprecated]
        case .ohlcvEOD: [.ohlcvEOD]
        case .definition: [.definition]
        case .statistics: [.statistics]
        case .status: [.status]
        case .imbalance: [.imbalance]
        case .cmbp1: [.cmbp1]
        case .cbbo1s: [.cbbo1s]
        case .cbbo1m: [.cbbo1m]
        case .tcbbo: [.tcbbo]
        case .bbo1s: [.bbo1s]
        case .bbo1m: [.bbo1m]
        }
    }

    private static func stored(_ type: DBNRecordType, version: UInt8) -> [DBNField] {
        switch type {
        case .trade: trade
        case .mbp1, .tbbo: trade + levels(1)
        case .mbp10: trade + levels(10)
        case .mbo: mbo
        case .bbo1s, .bbo1m: bbo + levels(1)
        case .cmbp1, .tcbbo: cmbp + consolidatedLevel
        case .cbbo1s, .cbbo1m: cbbo + consolidatedLevel
        case .ohlcvDeprecated, .ohlcv1s, .ohlcv1m, .ohlcv1h, .ohlcv1d, .ohlcvEOD: ohlcv
        case .status: status
        case .imbalance: imbalance
        case .statistics: version < 3 ? statisticsV1 : statistics
        case .error: version == 1 ? errorV1 : error
        case .system: version == 1 ? systemV1 : system
        case .symbolMapping: version == 1 ? symbolMappingV1 : symbolMapping
        case .definition: version == 1 ? definitionV1 : (version == 2 ? definitionV2 : definition)
        }
    }

    private static func upgraded(_ stored: [DBNField], to newest: [DBNField]) -> [DBNField] {
        newest.map { field in
            guard let old = stored.first(where: { $0.name == field.name }) else { return filler(field, stored) }
            if old.kind == field.kind { return old }
            let source: DBNField.Source = field.name == "quantity" ? .quantity32 : .record(old.kind)
            return DBNField(field.name, field.kind, at: old.offset, width: old.width, source: source)
        }
    }

    /// The value of a field that an older version lacks.
    private static func filler(_ field: DBNField, _ stored: [DBNField]) -> DBNField {
        if field.name == "code", let message = stored.first(where: { $0.name == "msg" }) {
            return DBNField("code", .uint8, at: message.offset, width: message.width, source: .systemCode)
        }
        switch field.name {
        case "leg_price", "leg_delta": return .constant(field.name, field.kind, DBNUndefined.price)
        case "leg_side": return .constant(field.name, field.kind, 78)
        case "code", "is_last", "stype_in", "stype_out": return .constant(field.name, field.kind, 255)
        default: return .constant(field.name, field.kind, 0)
        }
    }
}
