import Contracts

private func opening(
    _ name: String, _ what: String, units: String, columns: [String], _ output: OpeningRange.Output
) -> TransformDefinition {
    TransformDefinition(
        name, .session, inputs: columns.map(InputRole.column) + [.clock(.secondsSinceOpen), .clock(.tradeDate)],
        what + " over the rows labelled in the first minutes of the session; NaN until a row is labelled after them",
        source: "Crabel 1990, opening range breakout", units: units,
        parameters: [.rows("minutes", atLeast: 1, default: 30, "from the open")],
        // How many rows the minutes hold is the bars' affair.
        warmUp: { _ in nil }, kernel: { OpeningRange(minutes: $0.int("minutes"), output: output) })
}

extension TransformCatalogue {
    static let openingTransforms: [TransformDefinition] = [
        opening("opening_range_high", "highest high", units: "price", columns: ["high"], .high),
        opening("opening_range_low", "lowest low", units: "price", columns: ["low"], .low),
        opening(
            "opening_range_position", "(close - low) / (high - low), 0.5 where these are equal, with high and low",
            units: "fraction, beyond 0..1 outside the range", columns: ["high", "low", "close"], .position),
    ]
}

private struct OpeningRange: Kernel {
    enum Output: Sendable { case high, low, position }

    private let end: Double
    private let output: Output
    private var date = Double.nan
    private var high = Double.nan
    private var low = Double.nan

    init(minutes: Int, output: Output) {
        end = Double(minutes) * 60
        self.output = output
    }

    mutating func run(_ rows: KernelRows, into output: UnsafeMutablePointer<Double>) {
        // The high and the low read one column alone.
        let last = rows.width - 3
        for row in 0..<rows.count {
            output[row] = next(
                rows[0][row], rows[min(1, last)][row], rows[last][row], rows[last + 1][row], rows[last + 2][row])
        }
    }

    @inline(__always) private mutating func next(
        _ high: Double, _ low: Double, _ close: Double, _ sinceOpen: Double, _ tradeDate: Double
    ) -> Double {
        guard !(high + low + close).isNaN else { return .nan }
        if tradeDate != date {
            date = tradeDate
            self.high = .nan
            self.low = .nan
        }
        if sinceOpen < end {
            if sinceOpen >= 0 {
                self.high = self.high > high ? self.high : high
                self.low = self.low < low ? self.low : low
            }
            return .nan
        }
        switch output {
        case .high: return self.high
        case .low: return self.low
        case .position: return self.high == self.low ? 0.5 : (close - self.low) / (self.high - self.low)
        }
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.value(&date)
        archive.value(&high)
        archive.value(&low)
    }
}
