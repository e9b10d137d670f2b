internal import Primitives

/// How much of a feature changes where its inputs are others: an earlier vintage, or the same values published later.
public struct FeatureSensitivity: Hashable, Sendable {
    /// How many values were compared.
    public let values: Int
    /// Part of them that changes, be it in the last digit, or that is missing on one side; 0 where none was compared.
    public let changedShare: Double
    /// Mean absolute change in standard deviations of the feature.
    public let meanChange: Double

    /// Compares the values that have the same label on both sides.
    public init(_ column: Series, withLabelsOf other: Series) {
        var row = 0
        var pairs: [(Double, Double)] = []
        for index in column.labels.indices {
            while row < other.count, other.labels[row] < column.labels[index] { row += 1 }
            guard row < other.count else { break }
            if other.labels[row] == column.labels[index] { pairs.append((column.values[index], other.values[row])) }
        }
        self.init(pairs)
    }

    /// Compares what is read, as the latest available value, at every instant at which `column` gets a row.
    public init(_ column: Series, readAs other: Series) {
        let own = column.rowsKnown(at: column.availableAt), others = other.rowsKnown(at: column.availableAt)
        self.init(
            zip(own, others).map { ours, theirs in
                (ours < 0 ? .nan : column.values[ours], theirs < 0 ? .nan : other.values[theirs])
            })
    }

    private init(_ pairs: [(Double, Double)]) {
        let compared = pairs.filter { !($0.0.isNaN && $0.1.isNaN) }
        values = compared.count
        changedShare =
            compared.isEmpty ? 0 : Double(compared.count { $0.0.bitPattern != $0.1.bitPattern }) / Double(compared.count)
        let finite = compared.filter { $0.0.isFinite && $0.1.isFinite }
        let count = Double(finite.count)
        let mean = finite.reduce(0) { $0 + $1.0 } / count
        let deviation = (finite.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) } / (count - 1)).squareRoot()
        meanChange = deviation > 0 ? finite.reduce(0) { $0 + abs($1.0 - $1.1) } / count / deviation : 0
    }
}
