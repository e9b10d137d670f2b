import Ingest
import Market
import Primitives
import TestKit

/// Reading helpers for the tests of this folder.
enum DBNSamples {
    /// The file names below `../shared/data/dbn`, in a fixed order; empty where the folder is absent.
    static let vectors: [String] = vectorNames.filter { SharedData.path("dbn/" + $0) != nil }
    static let legacy: [String] = legacyNames.filter { SharedData.path("dbn/" + $0) != nil }

    /// Every trade of a file, copied out.
    static func trades(_ path: String) throws -> [DBNTradeRecord] {
        var all: [DBNTradeRecord] = []
        try DBNReader(path: path).forEachTradeBlock { all += $0 }
        return all
    }

    /// What a reader delivered before it ended or failed: the bytes of all records, and the error.
    static func drain(_ bytes: [UInt8]) -> (records: [UInt8], error: ApusError?) {
        var records: [UInt8] = []
        do {
            try DBNReader(bytes: bytes, name: "memory").forEachBlock { records += $0.bytes }
            return (records, nil)
        } catch let error as ApusError {
            return (records, error)
        } catch {
            return (records, ApusError("test.unexpected", "\(error)"))
        }
    }

    private static let vectorNames: [String] = [
        "bbo-1m.dbn", "bbo-1m.v2.dbn.zst", "bbo-1m.v3.dbn.zst", "bbo-1s.dbn", "bbo-1s.v2.dbn.zst", "bbo-1s.v3.dbn.zst",
        "cbbo-1s.dbn",
        "cbbo-1s.v2.dbn.zst", "cbbo-1s.v3.dbn.zst", "cmbp-1.dbn", "cmbp-1.v2.dbn.zst", "cmbp-1.v3.dbn.zst", "definition.dbn",
        "definition.v1.dbn.zst", "definition.v3.dbn.zst", "imbalance.dbn", "imbalance.v2.dbn.zst", "imbalance.v3.dbn.zst",
        "mbo.dbn",
        "mbo.v1.dbn.zst", "mbo.v2.dbn.zst", "mbo.v3.dbn", "mbo.v3.dbn.zst", "mbp-1.dbn", "mbp-1.v1.dbn.zst", "mbp-1.v2.dbn.zst",
        "mbp-1.v3.dbn.zst", "mbp-10.dbn", "mbp-10.v1.dbn.zst", "mbp-10.v3.dbn.zst", "ohlcv-1d.dbn", "ohlcv-1d.v1.dbn.zst",
        "ohlcv-1d.v2.dbn.zst", "ohlcv-1d.v3.dbn.zst", "ohlcv-1h.dbn", "ohlcv-1h.v1.dbn.zst", "ohlcv-1h.v2.dbn.zst",
        "ohlcv-1h.v3.dbn.zst", "ohlcv-1m.dbn", "ohlcv-1m.v1.dbn.zst", "ohlcv-1m.v2.dbn.zst", "ohlcv-1m.v3.dbn.zst",
        "ohlcv-1s.dbn",
        "ohlcv-1s.v1.dbn.zst", "ohlcv-1s.v2.dbn.zst", "ohlcv-1s.v3.dbn.zst", "statistics.dbn", "statistics.v1.dbn.zst",
        "statistics.v3.dbn.zst", "status.dbn", "status.v2.dbn.zst", "status.v3.dbn.zst", "tbbo.dbn", "tbbo.v1.dbn.zst",
        "tbbo.v2.dbn.zst", "trades.dbn", "trades.v2.dbn.zst", "trades.v3.dbn.zst",
    ].map { "test_data." + $0 }

    private static let legacyNames: [String] = [
        "definition", "mbo", "mbp-1", "mbp-10", "ohlcv-1d", "ohlcv-1h", "ohlcv-1m", "ohlcv-1s", "tbbo", "trades",
    ].map { "test_data." + $0 + ".dbz" }
}
