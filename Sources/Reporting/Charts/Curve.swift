/// The points of a series that a chart draws.
struct Curve {
    /// Indices into the whole series.
    let kept: [Int]
    /// 0 ... 1 from the left; a lone point stands in the middle.
    let xs: [Double]
    let values: [Double]

    init(_ series: [Double]) {
        let span = Double(series.count - 1)
        kept = Thinning.indices(series)
        xs = kept.map { series.count > 1 ? Double($0) / span : 0.5 }
        values = kept.map { series[$0] }
    }
}
