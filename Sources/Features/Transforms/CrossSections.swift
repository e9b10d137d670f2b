private func crossSection(
    _ name: String, _ formula: String, source: String, units: String, _ kind: CrossSection.Kind
) -> TransformDefinition {
    TransformDefinition(
        name, .relation, inputs: [.column("x"), .column("y")], repeats: 1...10_000, formula, source: source, units: units,
        warmUp: { _ in 0 }, kernel: { _ in CrossSection(kind: kind) })
}

extension TransformCatalogue {
    static let crossSections: [TransformDefinition] = [
        crossSection(
            "cross_sectional_rank",
            "rank of x, the first column, among all columns of the row (ties at their mean) / how many have a value",
            source: "pandas rank(axis=1, pct=True)", units: "0..1, excluding 0", .rank),
        crossSection(
            "cross_sectional_zscore",
            "(x - mean) / sample standard deviation over all columns of the row that have a value; 0 where they are all equal, "
                + "NaN with fewer than two",
            source: "pandas mean and std over axis 1, ddof 1", units: "standard deviations", .score),
        crossSection(
            "cross_sectional_demean", "x - mean over all columns of the row that have a value", source: "pandas mean over axis 1",
            units: "as the input", .demean),
        crossSection(
            "cross_sectional_dispersion",
            "sample standard deviation over all columns of the row that have a value; NaN with fewer than two or where x has "
                + "none",
            source: "ml4t-engineer cross_asset.multi_asset_dispersion; pandas std over axis 1, ddof 1", units: "as the input",
            .dispersion),
    ]
}

/// The first column among all. Members without a value do not count.
private struct CrossSection: Kernel {
    enum Kind: Sendable { case rank, score, demean, dispersion }

    let kind: Kind

    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        for row in 0..<rows.count {
            let x = rows[0][row]
            if x.isNaN { output[row] = .nan } else { output[row] = kind == .rank ? rank(x, row, rows) : moments(x, row, rows) }
        }
    }

    @inline(__always) private func rank(_ x: Double, _ row: Int, _ rows: KernelRows) -> Double {
        var doubled = 1.0
        var count = 0.0
        for column in 0..<rows.width {
            let value = rows[column][row]
            doubled += (value < x ? 1.0 : 0) + (value <= x ? 1.0 : 0)
            count += value.isNaN ? 0 : 1
        }
        return doubled / 2 / count
    }

    @inline(__always) private func moments(_ x: Double, _ row: Int, _ rows: KernelRows) -> Double {
        var mean = 0.0
        var squares = 0.0
        var count = 0.0
        for column in 0..<rows.width {
            let value = rows[column][row]
            guard !value.isNaN else { continue }
            count += 1
            let delta = value - mean
            mean += delta / count
            squares += delta * (value - mean)
        }
        if kind == .demean { return x - mean }
        guard count >= 2 else { return .nan }
        let deviation = (squares / (count - 1)).squareRoot()
        if kind == .dispersion { return deviation }
        return deviation == 0 ? 0 : (x - mean) / deviation
    }

    mutating func archive(_ archive: inout StateArchive) {}
}
