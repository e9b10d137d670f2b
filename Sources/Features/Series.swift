public import Primitives

/// A column of values, each with the time it belongs to and the time it became known.
///
/// `labels` is strictly increasing. A missing value is NaN.
public struct Series: Sendable {
    public let name: String
    public let labels: [UnixNanos]
    public let values: [Double]
    public let availableAt: [UnixNanos]

    /// - Precondition: the three arrays have the same length.
    public init(name: String, labels: [UnixNanos], values: [Double], availableAt: [UnixNanos]) {
        precondition(labels.count == values.count && labels.count == availableAt.count, "series \(name): lengths differ")
        self.name = name
        self.labels = labels
        self.values = values
        self.availableAt = availableAt
    }

    public var count: Int { labels.count }
}
