// Perpetual futures: funding, open interest, basis, ranges and liquidations.
extension TransformCatalogue {
    static let funding: [TransformDefinition] =
        fundingRates + openInterest + interestDivergence + basisTransforms + rangeTransforms
}
