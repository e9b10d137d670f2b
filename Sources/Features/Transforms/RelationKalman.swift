private func kalman(_ name: String, _ what: String, units: String, _ kind: KalmanRegression.Output) -> TransformDefinition {
    TransformDefinition(
        name, .relation, inputs: [.column("x"), .column("y")],
        what + " in x[t] = alpha[t] + beta[t] y[t] + noise, alpha and beta random walks that start at 0",
        source: "Chan 2013, Algorithmic Trading, chapter 3; statsmodels KalmanFilter", units: units,
        parameters: [
            .number(
                "process_variance", in: 0...Double.greatestFiniteMagnitude, default: 1e-4,
                "variance of a row's change of alpha and of beta"),
            .number("noise_variance", in: .positive, default: 1e-3, "variance of the noise, in the squared unit of x"),
            .number("prior_variance", in: .positive, default: 1, "variance of alpha and of beta before the first row"),
        ],
        warmUp: { _ in 0 },
        kernel: {
            KalmanRegression(
                process: $0.double("process_variance"), noise: $0.double("noise_variance"), prior: $0.double("prior_variance"),
                output: kind)
        })
}

extension TransformCatalogue {
    static let kalmanRelations: [TransformDefinition] = [
        kalman("kalman_beta", "filtered beta[t]", units: "x per y", .beta),
        kalman("kalman_alpha", "filtered alpha[t]", units: "as x", .alpha),
        kalman(
            "kalman_residual", "forecast error x[t] - alpha[t-1] - beta[t-1] y[t] over its standard deviation",
            units: "standard deviations", .residual),
    ]
}

/// Regression of x on y whose coefficients drift. A pair with a missing value is skipped, time included.
private struct KalmanRegression: BinaryKernel {
    enum Output: Sendable { case alpha, beta, residual }

    private let process: Double
    private let noise: Double
    private let output: Output
    private var alpha = 0.0
    private var beta = 0.0
    /// Covariance of the forecast of alpha and beta for the next row.
    private var varianceAlpha: Double
    private var covariance = 0.0
    private var varianceBeta: Double

    init(process: Double, noise: Double, prior: Double, output: Output) {
        self.process = process
        self.noise = noise
        self.output = output
        varianceAlpha = prior
        varianceBeta = prior
    }

    @inline(__always) mutating func next(_ x: Double, _ y: Double) -> Double {
        let error = x - alpha - beta * y
        guard !error.isNaN else { return .nan }
        let towardsAlpha = varianceAlpha + covariance * y
        let towardsBeta = covariance + varianceBeta * y
        let variance = towardsAlpha + towardsBeta * y + noise
        let gainAlpha = towardsAlpha / variance
        let gainBeta = towardsBeta / variance
        alpha += gainAlpha * error
        beta += gainBeta * error
        varianceAlpha += process - gainAlpha * towardsAlpha
        covariance -= gainAlpha * towardsBeta
        varianceBeta += process - gainBeta * towardsBeta
        switch output {
        case .alpha: return alpha
        case .beta: return beta
        case .residual: return error / variance.squareRoot()
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&alpha)
        archive.value(&beta)
        archive.value(&varianceAlpha)
        archive.value(&covariance)
        archive.value(&varianceBeta)
    }
}
