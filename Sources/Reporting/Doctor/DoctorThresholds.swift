import Primitives

/// Every limit of the doctor's checks. docs/concepts/doctor.md gives the reasons; change both together.
enum DoctorThresholds {
    /// Places that a finding names; it counts all.
    static let places = 5
    /// Of the capital: sums of floating-point money differ by less.
    static let money = 1e-6
    /// Of a price: two computations of the same price differ by less.
    static let price = 1e-9
    /// Ticks that a price may lie off the grid.
    static let tick = 1e-4
    /// Of a bar's volume, above which a fill would have moved the price.
    static let participation = 0.1
    /// Fills at one price from which it is suspicious, and from which no market is like that.
    static let onePrice = (warning: 4, error: 10)
    /// Fills at the best price of their bar: share, and least number of fills to speak of.
    static let atExtreme = (share: 0.2, fills: 10)
    /// Standard deviations above what chance gives.
    static let deviations = 3.0
    /// Entries whose own bar ends in profit: share, and least number.
    static let entryBar = (share: 0.75, entries: 30)
    /// Costs as a fraction of the traded notional: a tenth of a basis point.
    static let costs = 1e-5
    /// Where the tick is not known, of the price.
    static let unknownTick = 1e-4
    /// Of the profit that one tick may cost before it is said.
    static let tickShare = 0.5
    /// Bars in a row without any change of the account while a position is held.
    static let flatBars = 20
    /// Of the bars, at the end, without a position; and the least number of trades before.
    static let idleEnd = (share: 0.25, trades: 10)
    /// Of the net profit, in one position, month or open trade.
    static let concentration = 0.5
    /// Of the net profit in one of several assets.
    static let assetShare = 0.8
    static let leastPositions = 5
    static let leastMonths = 12
    static let leastAssets = 3
    /// Observations below which daily figures say nothing.
    static let leastDays = 60
    /// A year, after costs.
    static let sharpe = 3.0
    /// Of daily returns with those of the day before.
    static let serialCorrelation = 0.3
    static let winRate = (share: 0.9, positions: 20)
    /// Positions in all, and for each parameter.
    static let positions = (all: 30, perParameter: 10)
    /// Correlation with holding the same assets.
    static let correlation = 0.9
    /// The t-statistic that an alpha needs.
    static let alpha = 2.0
    /// Mean exposure of the last third of the held bars divided by the first third's; or its inverse.
    static let drift = 2.0
    /// Over 1, for the moves of a bar between order and mark.
    static let leverage = 0.01
    /// Share of bars with a position.
    static let timeInMarket = 0.05...0.95
    /// Of the positions of an intraday run: as few over the close look like a leak, more like a plan.
    static let overClose = 0.2
    /// Of the net profit on the bars of rolls, and of the exits at them.
    static let roll = (profit: 0.25, exits: 0.2, trades: 5)
}
