internal import Glibc

private let priceAndSides: [InputRole] = [.column("close"), .column("buy_volume"), .column("sell_volume")]

extension TransformCatalogue {
    static let impactTransforms: [TransformDefinition] = [
        TransformDefinition(
            "amihud", .microstructure, inputs: [.column("close"), .column("volume")],
            "mean over those of the last window rows that traded of |close[t] / close[t-1] - 1| / (close x volume), times scale; "
                + "NaN where none traded",
            source: "Amihud 2002; ml4t-engineer amihud_illiquidity", units: "fraction per million of money at the default scale",
            parameters: [.window(atLeast: 1), .number("scale", in: .positive, default: 1e6, "1e6: per million of money")],
            warmUp: { $0.window }, kernel: { Amihud(window: $0.window, scale: $0.double("scale")) }),
        TransformDefinition(
            "kyle_lambda", .microstructure, inputs: priceAndSides,
            "least-squares slope of close[t] - close[t-1] on buy_volume - sell_volume over the last window rows; NaN where that "
                + "is constant",
            source: "Kyle 1985; scipy linregress", units: "price per unit of volume", parameters: [.window(atLeast: 2)],
            warmUp: { $0.window }, kernel: { PriceImpact(window: $0.window, isRootDollar: false) }),
        TransformDefinition(
            "hasbrouck_lambda", .microstructure, inputs: priceAndSides,
            "least-squares slope of ln(close[t] / close[t-1]) on sign(v) sqrt(|v|), v = close x (buy_volume - sell_volume), over "
                + "the last window rows; NaN where that is constant",
            source: "Hasbrouck 2009; scipy linregress",
            units: "log fraction per root of money", parameters: [.window(atLeast: 2)],
            warmUp: { $0.window }, kernel: { PriceImpact(window: $0.window, isRootDollar: true) }),
    ]
}

private struct Amihud: BinaryKernel {
    private var change = Change(periods: 1, kind: .ratio)
    private var sum: RollingSum
    private var traded: RollingSum
    private let scale: Double

    init(window: Int, scale: Double) {
        sum = RollingSum(window: window)
        traded = sum
        self.scale = scale
    }

    @inline(__always) mutating func next(_ close: Double, _ volume: Double) -> Double {
        let size = abs(change.next(close))
        let money = close * volume
        if money > 0 || money.isNaN {
            return sum.next(size / money * scale) / traded.next(1)
        }
        // A missing return is missing whether or not the row traded.
        return sum.next(size.isNaN ? .nan : 0) / traded.next(0)
    }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        sum.archive(&archive)
        traded.archive(&archive)
    }
}

private struct PriceImpact: TernaryKernel {
    private var change: Change
    private var pairs: RollingCovariance
    private let isRootDollar: Bool

    init(window: Int, isRootDollar: Bool) {
        change = Change(periods: 1, kind: isRootDollar ? .logRatio : .difference)
        pairs = RollingCovariance(window: window)
        self.isRootDollar = isRootDollar
    }

    @inline(__always) mutating func next(_ close: Double, _ buy: Double, _ sell: Double) -> Double {
        var flow = buy - sell
        if isRootDollar {
            let root = abs(close * flow).squareRoot()
            flow = flow < 0 ? -root : root
        }
        pairs.add(flow, change.next(close))
        return pairs.slope
    }

    mutating func archive(_ archive: inout StateArchive) {
        change.archive(&archive)
        pairs.archive(&archive)
    }
}
