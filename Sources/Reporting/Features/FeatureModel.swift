import Primitives
import Statistics

/// What the panels of a feature's page share, computed once.
struct FeatureModel {
    let study: FeatureStudy
    /// The values that are finite.
    let sample: [Double]
    /// Rows without a value at the beginning, and the part of the rows behind them without one.
    let warmUp: Int
    let missingShare: Double?
    /// Several values a day: labels are told with their time.
    let isIntraday: Bool
    let autocorrelation: [Double]
    let dickeyFuller: AugmentedDickeyFuller?
    let coefficients: [InformationCoefficient]

    /// Values that the test of stationarity reads, the last ones.
    static let testedValues = 2_000
    static let lags = 40

    init(_ study: FeatureStudy) {
        self.study = study
        sample = study.values.filter(\.isFinite)
        warmUp = study.values.firstIndex { !$0.isNaN } ?? study.values.count
        let after = study.values.dropFirst(warmUp)
        missingShare = after.isEmpty ? nil : Double(after.count(where: \.isNaN)) / Double(after.count)
        isIntraday = zip(study.labels, study.labels.dropFirst()).contains { $0.utcDate == $1.utcDate }
        autocorrelation = Distribution.autocorrelation(sample, lags: Self.lags) ?? []
        dickeyFuller = AugmentedDickeyFuller(Array(sample.suffix(Self.testedValues)))
        coefficients = study.market.map { InformationCoefficient.all($0) } ?? []
    }

    func label(_ time: UnixNanos) -> String { Format.date(time, withTime: isIntraday) }
}

/// Rank correlation of what was known at a bar's close with the return from that close over the next bars.
struct InformationCoefficient {
    /// Bars.
    let horizon: Int
    let pairs: Int
    let value: Double?

    static let horizons = [1, 2, 5, 10, 21, 63]

    /// 1.96 standard errors of as many pairs as do not overlap.
    var band: Double? { pairs < horizon * 2 ? nil : 1.96 / (Double(pairs) / Double(horizon)).squareRoot() }

    static func all(_ market: FeatureStudy.Market) -> [InformationCoefficient] {
        horizons.map { horizon in
            var (known, returns) = ([Double](), [Double]())
            for bar in market.closes.indices.dropLast(min(horizon, market.closes.count)) where market.known[bar].isFinite {
                known.append(market.known[bar])
                returns.append(market.closes[bar + horizon] / market.closes[bar] - 1)
            }
            return InformationCoefficient(
                horizon: horizon, pairs: known.count, value: Distribution.rankCorrelation(known, returns))
        }
    }
}
