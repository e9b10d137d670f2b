/// The layout of a result folder; docs/contracts/results.md describes both.
public enum ResultSchema: String, Sendable, CaseIterable {
    /// The ML4T cross-library specification 1.0.0.
    case v1 = "v1.0.0"
    /// What ml4t-backtest 0.2.0 writes and opens itself.
    case ml4t02 = "ml4t-0.2"
}
