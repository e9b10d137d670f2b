private let futureAndIndex: [InputRole] = [.column("mark_price"), .column("index_price")]

extension TransformCatalogue {
    static let basisTransforms: [TransformDefinition] = [
        TransformDefinition(
            "basis_bps", .funding, inputs: futureAndIndex, "10000 (mark_price / index_price - 1), of the future over its index",
            source: "futures practice: basis", units: "basis points", warmUp: { _ in 0 }, kernel: { _ in Basis() }),
        TransformDefinition(
            "basis_zscore", .funding, inputs: futureAndIndex,
            "(basis_bps - mean) / its sample standard deviation over the last window rows; 0 where they are all equal",
            source: "pandas rolling, ddof 1", units: "standard deviations", parameters: [.window(atLeast: 2, default: 96)],
            warmUp: { $0.window - 1 }, kernel: { BasisScore(window: $0.window) }),
        TransformDefinition(
            "cross_exchange_spread_zscore", .funding, inputs: [.column("x"), .column("y")],
            "z-score (sample standard deviation) of 10000 (x / y - 1), the price of one exchange over that of another, among the "
                + "last window rows; 0 where they are all equal",
            source: "pandas rolling, ddof 1", units: "standard deviations", parameters: [.window(atLeast: 2, default: 96)],
            warmUp: { $0.window - 1 }, kernel: { BasisScore(window: $0.window) }),
    ]
}

private struct Basis: BinaryKernel {
    @inline(__always) mutating func next(_ future: Double, _ index: Double) -> Double { 10_000 * (future - index) / index }
    mutating func archive(_ archive: inout StateArchive) {}
}

private struct BasisScore: BinaryKernel {
    private var basis = Basis()
    private var score: StandardScore

    init(window: Int) { score = StandardScore(window: window) }

    @inline(__always) mutating func next(_ future: Double, _ index: Double) -> Double { score.next(basis.next(future, index)) }
    mutating func archive(_ archive: inout StateArchive) { score.archive(&archive) }
}
