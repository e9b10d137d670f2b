/// The Hamilton filter with given parameters.
struct HiddenStateFilter: UnaryKernel {
    private let model: TwoStateModel
    private let evidence: TwoStateEvidence
    private var prior: Double

    init(_ model: TwoStateModel) {
        self.model = model
        evidence = model.evidence
        prior = model.stationary
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        let probability = evidence.updated(prior, x)
        prior = model.predicted(probability)
        return probability
    }

    mutating func archive(_ archive: inout StateArchive) { archive.value(&prior) }
}

/// The Hamilton filter with parameters that are estimated from the past again and again.
struct HiddenStateLearner: UnaryKernel {
    private let refitEvery: Int
    private let iterations: Int
    private var recent: RecentValues
    private var seen = 0
    private var sinceFit = 0
    private var model = TwoStateModel(
        low: .init(mean: .nan, variance: .nan, stay: .nan), high: .init(mean: .nan, variance: .nan, stay: .nan))
    private var probability = Double.nan

    init(_ parameters: TransformParameters) {
        refitEvery = parameters.int("refit_every")
        iterations = parameters.int("iterations")
        recent = RecentValues(window: parameters.int("fit_window"))
    }

    mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        recent.add(x)
        if seen < recent.window { seen += 1 }
        guard seen == recent.window else { return .nan }
        if sinceFit == 0 { fit() } else { probability = model.evidence.updated(model.predicted(probability), x) }
        sinceFit += 1
        if sinceFit == refitEvery { sinceFit = 0 }
        return probability
    }

    private mutating func fit() {
        let fitted = recent.withValues { TwoStateModel.fitted(to: $0, iterations: iterations) }
        guard let fitted else {
            probability = .nan
            return
        }
        model = fitted
        probability = recent.withValues { values in
            let evidence = fitted.evidence
            var probability = fitted.stationary
            for row in values.indices {
                probability = evidence.updated(row == 0 ? probability : fitted.predicted(probability), values[row])
            }
            return probability
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        recent.archive(&archive)
        archive.value(&seen)
        archive.value(&sinceFit)
        model.archive(&archive)
        archive.value(&probability)
    }
}
