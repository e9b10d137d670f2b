/// Prices on an instrument's grid.
public enum TickGrid {
    /// Up for a buyer, down for a seller; a price within 1e-6 of a tick is on it.
    public static func against(_ price: Double, tick: Double, isBuy: Bool) -> Double {
        let ticks = price / tick
        let nearest = ticks.rounded()
        if (ticks - nearest).magnitude < 1e-6 { return nearest * tick }
        return (isBuy ? ticks.rounded(.up) : ticks.rounded(.down)) * tick
    }
}
