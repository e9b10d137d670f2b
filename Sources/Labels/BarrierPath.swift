import Contracts

/// Follows the bars after a row until one of two prices is reached.
struct BarrierPath {
    /// Which prices of a bar touch.
    enum Path: String, LabelChoice {
        case highLow = "high_low"
        case close
    }

    /// What happens where one bar reaches both and does not say which first.
    enum Both: String, LabelChoice {
        /// The worse for the bet came first.
        case worst
        /// The row gets no label.
        case none
    }

    struct Touch {
        enum Kind { case above, below, both, neither, unknown }

        var kind: Kind
        /// The bar that reached it; the last of the window for `neither`; the bar without a price for `unknown`.
        var row: Int
        /// The bar at which that is known.
        var knownAt: Int
        /// Where a position would have been closed.
        var price: Double
    }

    let prices: LabelPrices
    let path: Path

    /// The first touch among the bars of a window, nil where it lies beyond the data.
    ///
    /// By highs and lows a barrier is left at its own price, or at the open of a bar that opens beyond it (where opens are
    /// given). By closes it is left at the close. Where none is reached the price is the close of the last bar.
    func firstTouch(above: Double, below: Double, _ windows: LabelWindows, _ row: Int) -> Touch? {
        let last = windows.last[row]
        var bar = windows.first[row]
        while bar <= last {
            if let touch = touch(bar, above: above, below: below) { return touch }
            bar += 1
        }
        guard windows.isComplete(row) else { return nil }
        return Touch(kind: .neither, row: last, knownAt: windows.knownAt[row], price: prices.close[last])
    }

    @inline(__always) private func touch(_ bar: Int, above: Double, below: Double) -> Touch? {
        let close = prices.close[bar]
        if path == .close {
            if close >= above { return Touch(kind: .above, row: bar, knownAt: bar, price: close) }
            if close <= below { return Touch(kind: .below, row: bar, knownAt: bar, price: close) }
            return close.isNaN ? Touch(kind: .unknown, row: bar, knownAt: bar, price: .nan) : nil
        }
        let high = prices.high[bar], low = prices.low[bar]
        if high.isNaN || low.isNaN || close.isNaN { return Touch(kind: .unknown, row: bar, knownAt: bar, price: .nan) }
        if high < above, low > below { return nil }
        if let open = prices.open?[bar] {
            if open >= above { return Touch(kind: .above, row: bar, knownAt: bar, price: open) }
            if open <= below { return Touch(kind: .below, row: bar, knownAt: bar, price: open) }
        }
        if high >= above, low <= below { return Touch(kind: .both, row: bar, knownAt: bar, price: .nan) }
        return high >= above
            ? Touch(kind: .above, row: bar, knownAt: bar, price: above)
            : Touch(kind: .below, row: bar, knownAt: bar, price: below)
    }
}

/// The distances of the two barriers from a row's close.
struct BarrierDistances {
    enum Unit: String, LabelChoice {
        case fraction, volatility, atr
    }

    /// Nil where there is no such barrier.
    let upper: Double?
    let lower: Double?
    let unit: Unit
    /// Read for the units that are multiples of it.
    let volatility: [Double]

    /// - Throws: `LabelError` where the volatility is missing, or given and not read.
    init(_ request: LabelRequest, upper: Double?, lower: Double?) throws {
        unit = try request.parameters.choice("distance", or: Unit.fraction)
        self.upper = upper
        self.lower = lower
        if unit == .fraction {
            if request.inputs.volatility != nil { throw request.unread(.volatility) }
            volatility = []
        } else {
            volatility = try request.volatility()
        }
    }

    /// The distance of one multiple in units of the price; NaN where the row has none.
    @inline(__always) func unit(_ row: Int, price: Double) -> Double {
        switch unit {
        case .fraction: return price > 0 ? price : .nan
        case .volatility: return price > 0 && volatility[row] > 0 ? price * volatility[row] : .nan
        case .atr: return price > 0 && volatility[row] > 0 ? volatility[row] : .nan
        }
    }

    static let parameter = ParameterSpec.choice(
        "distance", default: Unit.fraction,
        "what a distance counts: fractions of the price, multiples of the volatility column as a fraction, or of the volatility "
            + "column in units of the price")
}
