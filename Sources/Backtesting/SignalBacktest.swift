public import Contracts
public import Market
import Primitives

/// Holds the place of the engine that acts on `EngineConfiguration`: it takes every panel and then says that it is not there.
public struct SignalBacktest {
    public init(_ configuration: EngineConfiguration, assets: [String]) throws {}
    public mutating func process(_ bars: BarPanel, _ signals: SignalPanel) throws {}
    public mutating func finish() throws -> BacktestRecording {
        throw ApusError("engine.absent", "this build has no engine for signals")
    }
}
