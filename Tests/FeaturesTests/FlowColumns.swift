import Foundation
import Primitives

/// Columns that order-flow tables, indices and liquidation feeds add to a market.
func flowColumns(_ market: [String: [Double]], seed: UInt64) -> [String: [Double]] {
    let close = market["close"] ?? [], volume = market["volume"] ?? []
    let delta = zip(market["buy_volume"] ?? [], market["sell_volume"] ?? []).map { $0 - $1 }
    var random = SeededGenerator(seed: seed &+ 1)
    var columns: [String: [Double]] = ["delta": delta]
    var cvd = 0.0
    for row in close.indices {
        cvd += delta[row]
        let control = close[row] * exp(0.002 * random.nextNormal())
        let values: [(String, Double)] = [
            ("cvd", cvd), ("index_price", close[row] * (1 - 0.0003 * random.nextNormal())), ("point_of_control", control),
            ("value_area_low", control * exp(-0.003 * random.nextUnit())),
            ("value_area_high", control * exp(0.003 * random.nextUnit() + 0.0001)),
            ("long_liquidations", (volume[row] * random.nextUnit() / 50).rounded()),
            ("short_liquidations", (volume[row] * random.nextUnit() / 50).rounded()),
        ]
        for (name, value) in values { columns[name, default: []].append(value) }
    }
    return columns
}
