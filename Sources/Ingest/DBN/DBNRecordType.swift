/// The kind of one record: the second byte of its header.
public enum DBNRecordType: UInt8, Sendable, CaseIterable {
    case trade = 0x00
    case mbp1 = 0x01
    case mbp10 = 0x0A
    case ohlcvDeprecated = 0x11
    case status = 0x12
    case definition = 0x13
    case imbalance = 0x14
    case error = 0x15
    case symbolMapping = 0x16
    case system = 0x17
    case statistics = 0x18
    case ohlcv1s = 0x20
    case ohlcv1m = 0x21
    case ohlcv1h = 0x22
    case ohlcv1d = 0x23
    case ohlcvEOD = 0x24
    case mbo = 0xA0
    case cmbp1 = 0xB1
    case cbbo1s = 0xC0
    case cbbo1m = 0xC1
    case tcbbo = 0xC2
    case bbo1s = 0xC3
    case bbo1m = 0xC4
    case tbbo = 0xC5

    /// The name Databento uses, such as `mbp-1`.
    public var name: String {
        switch self {
        case .trade: "mbp-0"
        case .mbp1: "mbp-1"
        case .mbp10: "mbp-10"
        case .ohlcvDeprecated: "ohlcv-deprecated"
        case .status: "status"
        case .definition: "instrument-def"
        case .imbalance: "imbalance"
        case .error: "error"
        case .symbolMapping: "symbol-mapping"
        case .system: "system"
        case .statistics: "statistics"
        case .ohlcv1s: "ohlcv-1s"
        case .ohlcv1m: "ohlcv-1m"
        case .ohlcv1h: "ohlcv-1h"
        case .ohlcv1d: "ohlcv-1d"
        case .ohlcvEOD: "ohlcv-eod"
        case .mbo: "mbo"
        case .cmbp1: "cmbp-1"
        case .cbbo1s: "cbbo-1s"
        case .cbbo1m: "cbbo-1m"
        case .tcbbo: "tcbbo"
        case .bbo1s: "bbo-1s"
        case .bbo1m: "bbo-1m"
        case .tbbo: "tbbo"
        }
    }

    /// Bytes of the record without a trailing `ts_out`, in a file of the given DBN version (1...3).
    public func size(version: UInt8) -> Int {
        switch self {
        case .trade: 48
        case .mbp1, .tbbo, .cmbp1, .cbbo1s, .cbbo1m, .tcbbo, .bbo1s, .bbo1m: 80
        case .mbp10: 368
        case .mbo, .ohlcvDeprecated, .ohlcv1s, .ohlcv1m, .ohlcv1h, .ohlcv1d, .ohlcvEOD: 56
        case .status: 40
        case .definition: version == 1 ? 360 : (version == 2 ? 400 : 520)
        case .imbalance: 112
        case .error, .system: version == 1 ? 80 : 320
        case .symbolMapping: version == 1 ? 80 : 176
        case .statistics: version < 3 ? 64 : 80
        }
    }
}
