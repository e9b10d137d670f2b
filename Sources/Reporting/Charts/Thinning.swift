/// Fewer points for the same picture.
enum Thinning {
    static let limit = 2_000

    /// Ascending indices of at most `limit` points that keep the first and the last point and the smallest and the largest value of each of
    /// the equal stretches the axis is cut into. All indices where the series is short enough.
    ///
    /// Values that are not finite are passed over. O(n).
    static func indices(_ values: [Double], limit: Int = limit) -> [Int] {
        let count = values.count
        guard count > limit else { return Array(0..<count) }
        let buckets = max(1, (limit - 2) / 2)
        var kept: [Int] = []
        kept.reserveCapacity(limit)
        for bucket in 0..<buckets {
            let range = (count * bucket / buckets)..<(count * (bucket + 1) / buckets)
            var chosen = bucket == 0 ? [0] : []
            if bucket == buckets - 1 { chosen.append(count - 1) }
            appendExtremes(of: values, in: range, to: &chosen)
            chosen.sort()
            for index in chosen where kept.last != index { kept.append(index) }
        }
        return kept
    }

    private static func appendExtremes(of values: [Double], in range: Range<Int>, to chosen: inout [Int]) {
        var low = -1
        var high = -1
        values.withUnsafeBufferPointer { buffer in
            for index in range where buffer[index].isFinite {
                if low < 0 || buffer[index] < buffer[low] { low = index }
                if high < 0 || buffer[index] > buffer[high] { high = index }
            }
        }
        if low >= 0 { chosen += [low, high] }
    }
}
