/// What a DBN file holds; the raw values are those of the format.
public enum DBNSchema: UInt16, Sendable, CaseIterable {
    case mbo = 0
    case mbp1 = 1
    case mbp10 = 2
    case tbbo = 3
    case trades = 4
    case ohlcv1s = 5
    case ohlcv1m = 6
    case ohlcv1h = 7
    case ohlcv1d = 8
    case definition = 9
    case statistics = 10
    case status = 11
    case imbalance = 12
    case ohlcvEOD = 13
    case cmbp1 = 14
    case cbbo1s = 15
    case cbbo1m = 16
    case tcbbo = 17
    case bbo1s = 18
    case bbo1m = 19

    /// The name Databento uses, such as `mbp-1`.
    public var name: String {
        switch self {
        case .mbo: "mbo"
        case .mbp1: "mbp-1"
        case .mbp10: "mbp-10"
        case .tbbo: "tbbo"
        case .trades: "trades"
        case .ohlcv1s: "ohlcv-1s"
        case .ohlcv1m: "ohlcv-1m"
        case .ohlcv1h: "ohlcv-1h"
        case .ohlcv1d: "ohlcv-1d"
        case .definition: "definition"
        case .statistics: "statistics"
        case .status: "status"
        case .imbalance: "imbalance"
        case .ohlcvEOD: "ohlcv-eod"
        case .cmbp1: "cmbp-1"
        case .cbbo1s: "cbbo-1s"
        case .cbbo1m: "cbbo-1m"
        case .tcbbo: "tcbbo"
        case .bbo1s: "bbo-1s"
        case .bbo1m: "bbo-1m"
        }
    }

    public init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}

/// How instruments are named in a request or a response; the raw values are those of the format.
public enum DBNSymbology: UInt8, Sendable, CaseIterable {
    case instrumentID = 0
    case rawSymbol = 1
    case smart = 2
    case continuous = 3
    case parent = 4
    case nasdaqSymbol = 5
    case cmsSymbol = 6
    case isin = 7
    case usCode = 8
    case bloombergCompositeID = 9
    case bloombergCompositeTicker = 10
    case figi = 11
    case figiTicker = 12
    case listingID = 13
    case issuerID = 14
    case securityID = 15

    /// The name Databento uses, such as `raw_symbol`.
    public var name: String {
        switch self {
        case .instrumentID: "instrument_id"
        case .rawSymbol: "raw_symbol"
        case .smart: "smart"
        case .continuous: "continuous"
        case .parent: "parent"
        case .nasdaqSymbol: "nasdaq_symbol"
        case .cmsSymbol: "cms_symbol"
        case .isin: "isin"
        case .usCode: "us_code"
        case .bloombergCompositeID: "bbg_comp_id"
        case .bloombergCompositeTicker: "bbg_comp_ticker"
        case .figi: "figi"
        case .figiTicker: "figi_ticker"
        case .listingID: "listing_id"
        case .issuerID: "issuer_id"
        case .securityID: "security_id"
        }
    }
}
