public import Contracts
public import Primitives

/// What a feature is computed from: rows in order, with the columns that its transform reads.
public struct FeatureRows: Sendable {
    public var labels: [UnixNanos]
    /// When each row with all its columns is known.
    public var availableAt: [UnixNanos]
    /// One array a column of the transform, in its order.
    public var columns: [[Double]]

    /// - Precondition: all arrays have one length.
    public init(labels: [UnixNanos], availableAt: [UnixNanos], columns: [[Double]]) {
        precondition(
            labels.count == availableAt.count && columns.allSatisfy { $0.count == labels.count }, "columns of different length")
        self.labels = labels
        self.availableAt = availableAt
        self.columns = columns
    }

    public var count: Int { labels.count }

    /// Raised with every change of `join` that can alter a row, so that no column is continued that was joined otherwise.
    static let joinVersion: Int64 = 2

    /// Joins columns of several sources. The first one's rows are the result's, each known when it and all before it are; each
    /// other source gives, at that instant, the last of its own rows that was known by then, as `Series.rowsJoined`.
    ///
    /// Rows before all sources have begun are left out.
    /// - Parameter maxAge: a value that became known longer ago than this many nanoseconds is missing; nil for any age.
    /// - Throws: `FeatureError.labelsNotIncreasing`.
    public static func join(_ sources: [Series], maxAge: Int64? = nil) throws -> FeatureRows {
        guard let first = sources.first else { return FeatureRows(labels: [], availableAt: [], columns: []) }
        for source in sources {
            for index in source.labels.indices.dropFirst() where source.labels[index] <= source.labels[index - 1] {
                throw FeatureError.labelsNotIncreasing(series: source.name, label: source.labels[index])
            }
        }
        let knownBy = first.availableAt.runningMaximum
        var begin = 0
        var columns = [first.values]
        for source in sources.dropFirst() {
            let rows = source.rowsJoined(to: first, knownBy: knownBy)
            begin = max(begin, rows.firstIndex { $0 >= 0 } ?? rows.count)
            columns.append(
                zip(rows, knownBy).map { row, time in
                    guard row >= 0 else { return .nan }
                    let isOld = maxAge.map { time.rawValue - source.availableAt[row].rawValue > $0 } ?? false
                    return isOld ? .nan : source.values[row]
                })
        }
        guard begin > 0 else { return FeatureRows(labels: first.labels, availableAt: knownBy, columns: columns) }
        return FeatureRows(
            labels: Array(first.labels[begin...]), availableAt: Array(knownBy[begin...]),
            columns: columns.map { Array($0[begin...]) })
    }

    /// Applies a feature's rule for missing inputs.
    /// - Throws: `FeatureError.missingValue` where the rule is to stop.
    public func applying(_ policy: MissingPolicy, feature: String) throws -> FeatureRows {
        guard columns.contains(where: { $0.contains(where: \.isNaN) }) else { return self }
        switch policy {
        case .error:
            let row = labels.indices.first { row in columns.contains { $0[row].isNaN } } ?? 0
            throw FeatureError.missingValue(feature: feature, label: labels[row])
        case .drop:
            let kept = labels.indices.filter { row in !columns.contains { $0[row].isNaN } }
            return FeatureRows(
                labels: kept.map { labels[$0] }, availableAt: kept.map { availableAt[$0] },
                columns: columns.map { column in kept.map { column[$0] } })
        case .forwardFill(let limit):
            return with(columns.map { Self.filled($0, limit: limit ?? .max) })
        case .constant(let value):
            return with(columns.map { $0.map { $0.isNaN ? value : $0 } })
        }
    }

    private func with(_ columns: [[Double]]) -> FeatureRows {
        FeatureRows(labels: labels, availableAt: availableAt, columns: columns)
    }

    private static func filled(_ column: [Double], limit: Int) -> [Double] {
        var last = Double.nan
        var age = 0
        return column.map { value in
            if !value.isNaN {
                last = value
                age = 0
                return value
            }
            age += 1
            return age <= limit ? last : .nan
        }
    }
}
