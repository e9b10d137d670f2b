/// Exponential mean: state += alpha (x - state). Missing inputs are skipped.
struct ExponentialMean: UnaryKernel {
    enum Start: Sendable {
        /// The first value is the state (pandas, `ewm(adjust=False)`).
        case firstValue
        /// The mean of the first `window` values is (TA-Lib).
        case meanOfWindow
    }

    private let alpha: Double
    private let window: Int
    private let start: Start
    private var state = Double.nan
    private var seen = 0
    private var sum = 0.0

    /// NaN for the first `window` - 1 values.
    init(window: Int, alpha: Double, start: Start) {
        self.window = window
        self.alpha = alpha
        self.start = start
    }

    /// alpha = 2 / (window + 1).
    init(window: Int, start: Start) { self.init(window: window, alpha: 2 / Double(window + 1), start: start) }

    /// Wilder's: alpha = 1 / window, started with the mean of the first window.
    static func wilder(window: Int) -> ExponentialMean {
        ExponentialMean(window: window, alpha: 1 / Double(window), start: .meanOfWindow)
    }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        if seen >= window {
            state += alpha * (x - state)
            return state
        }
        return begin(x)
    }

    @inline(never) private mutating func begin(_ x: Double) -> Double {
        seen += 1
        switch start {
        case .firstValue: state = seen == 1 ? x : state + alpha * (x - state)
        case .meanOfWindow:
            sum += x
            if seen == window { state = sum / Double(window) }
        }
        return seen == window ? state : .nan
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&state)
        archive.value(&seen)
        archive.value(&sum)
    }
}
