import Contracts
internal import Glibc

private let bucketParameters: [ParameterSpec] = [
    .number("bucket_volume", in: .positive, "volume of a bucket, such as a fiftieth of a usual day's"),
    .rows("buckets", atLeast: 1, default: 50, "how many of the last full buckets are averaged"),
]

extension TransformCatalogue {
    static let toxicityTransforms: [TransformDefinition] = [
        TransformDefinition(
            "vpin", .microstructure, inputs: [.column("buy_volume"), .column("sell_volume")],
            "sum of |buy - sell| over the last full buckets / (buckets x bucket_volume); rows fill buckets of bucket_volume one "
                + "after the other, split in proportion where they overflow; NaN until that many buckets are full",
            source: "Easley, Lopez de Prado and O'Hara 2012", units: "0..1", parameters: bucketParameters,
            // Volume fills the buckets, not rows.
            warmUp: { _ in nil },
            kernel: { Vpin(flow: BucketFlow(bucket: $0.double("bucket_volume"), buckets: $0.int("buckets"))) }),
        TransformDefinition(
            "bulk_vpin", .microstructure, inputs: [.column("close"), .column("volume")],
            "vpin with buy = volume x N((close[t] - close[t-1]) / s), sell = volume - buy, N the normal distribution function, s "
                + "the sample standard deviation of the last window price changes (N = 0.5 where it is 0); rows without s fill "
                + "no bucket",
            source: "Easley, Lopez de Prado and O'Hara 2012, bulk volume classification", units: "0..1",
            parameters: [.window(atLeast: 2)] + bucketParameters, warmUp: { _ in nil },
            kernel: {
                BulkVpin(
                    window: $0.window, flow: BucketFlow(bucket: $0.double("bucket_volume"), buckets: $0.int("buckets")))
            }),
    ]
}

/// Volume cut into buckets of one size, and the mean imbalance of the last ones.
private struct BucketFlow: Sendable {
    private let bucket: Double
    private let buckets: Int
    private var imbalances: RollingSum
    private var filled = 0.0
    private var signed = 0.0
    /// NaN until there were enough buckets.
    private(set) var toxicity = Double.nan

    init(bucket: Double, buckets: Int) {
        self.bucket = bucket
        self.buckets = buckets
        imbalances = RollingSum(window: buckets)
    }

    @inline(__always) mutating func add(volume: Double, imbalance: Double) {
        guard volume > 0 else { return }
        let density = imbalance / volume
        let room = bucket - filled
        if volume < room {
            filled += volume
            signed += density * volume
            return
        }
        close(signed + density * room)
        let rest = volume - room
        let last = rest.truncatingRemainder(dividingBy: bucket)
        // Of the buckets that this row fills alone only the last ones can matter.
        let whole = Int(min(((rest - last) / bucket).rounded(), Double(buckets)))
        for _ in 0..<whole { close(density * bucket) }
        filled = last
        signed = density * last
    }

    private mutating func close(_ imbalance: Double) {
        toxicity = imbalances.next(abs(imbalance)) / (Double(buckets) * bucket)
    }

    mutating func archive(_ archive: inout StateArchive) {
        imbalances.archive(&archive)
        archive.value(&filled)
        archive.value(&signed)
        archive.value(&toxicity)
    }
}

private struct Vpin: BinaryKernel {
    var flow: BucketFlow

    @inline(__always) mutating func next(_ buy: Double, _ sell: Double) -> Double {
        let volume = buy + sell
        guard volume.isFinite else { return .nan }
        flow.add(volume: volume, imbalance: buy - sell)
        return flow.toxicity
    }

    mutating func archive(_ archive: inout StateArchive) { flow.archive(&archive) }
}

private struct BulkVpin: BinaryKernel {
    private var flow: BucketFlow
    private var change = Change(periods: 1, kind: .difference)
    private var moments: RollingMoments

    init(window: Int, flow: BucketFlow) {
        self.flow = flow
        moments = RollingMoments(window: window)
    }

    @inline(__always) mutating func next(_ close: Double, _ volume: Double) -> Double {
        let change = change.next(close)
        moments.add(change)
        let deviation = moments.standardDeviation
        guard volume.isFinite, !deviation.isNaN else { return .nan }
        // 2 N(z) - 1 = erf(z / sqrt(2))
        let balance = deviation == 0 ? 0 : erf(change / deviation / 2.0.squareRoot())
        flow.add(volume: volume, imbalance: volume * balance)
        return flow.toxicity
    }

    mutating func archive(_ archive: inout StateArchive) {
        flow.archive(&archive)
        change.archive(&archive)
        moments.archive(&archive)
    }
}
