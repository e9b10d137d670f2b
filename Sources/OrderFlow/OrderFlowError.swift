public import Primitives

public enum OrderFlowError: Error, Equatable, CustomStringConvertible {
    /// A trade belongs to a bucket that was already handed out: it lies too far behind the newest trade before it.
    /// - Parameters: the trade's event time, the highest event time before it, its index in the stream.
    case lateTrade(time: UnixNanos, watermark: UnixNanos, index: Int)
    /// A quote lies more than a minute behind an earlier one.
    /// - Parameters: the quote's receive time, the highest one before it, its index in the stream.
    case lateQuote(time: UnixNanos, watermark: UnixNanos, index: Int)
    case duplicateInterval(String)
    case invalidRule(String)
    case invalidRowsPerDrain(Int)
    /// Trades were added after `finish`.
    case finished

    public var description: String {
        switch self {
        case .lateTrade(let time, let watermark, let index):
            "trade \(index) at \(time) lies too far behind \(watermark): its bucket was already written"
        case .lateQuote(let time, let watermark, let index):
            "quote \(index) received at \(time) lies more than a minute behind \(watermark)"
        case .duplicateInterval(let interval): "bar interval \(interval) is listed twice"
        case .invalidRule(let rule): "big trade rule \(rule) is out of range"
        case .invalidRowsPerDrain(let rows): "rows per drain must be at least 1, not \(rows)"
        case .finished: "trades were added after the end"
        }
    }
}
