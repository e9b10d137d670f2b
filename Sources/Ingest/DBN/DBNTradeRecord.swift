public import Market

/// A trade as a DBN trades file stores it, so that a block of a file is an array of these.
public typealias DBNTradeRecord = RawTrade

/// The values that stand for "no value" in DBN.
public enum DBNUndefined {
    public static let price = Int64.max
    public static let timestamp = UInt64.max
    public static let orderSize = UInt32.max
    /// `quantity` of statistics in version 3; in versions 1 and 2 it is `Int32.max`.
    public static let statQuantity = Int64.max
}
