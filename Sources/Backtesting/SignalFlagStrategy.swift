public import Contracts
public import Engine
public import Market

/// Turns the flags of a `SignalPanel` into market orders of a fixed size. The rules are those of the strategy types in
/// docs/contracts/engine-config.md.
public struct SignalFlagStrategy: TradingStrategy {
    private let spec: SignalStrategySpec
    private var entered: [Bool]
    /// The flags of the next label.
    var flags: UnsafePointer<UInt8>?

    public init(_ spec: SignalStrategySpec, instruments: Int) {
        self.spec = spec
        entered = Array(repeating: false, count: instruments)
    }

    public mutating func decide(_ desk: inout Desk, _ slice: MarketSlice) {
        guard let flags else { return }
        if spec.type == .singleEntry {
            for instrument in 0..<slice.count where !entered[instrument] { decide(&desk, slice, instrument, []) }
        } else {
            for instrument in 0..<slice.count where flags[instrument] != 0 {
                decide(&desk, slice, instrument, SignalFlags(rawValue: flags[instrument]))
            }
        }
        self.flags = flags + slice.count
    }

    /// Passes over a label of so many instruments.
    mutating func skip(_ instruments: Int) { flags = flags.map { $0 + instruments } }

    private mutating func decide(_ desk: inout Desk, _ slice: MarketSlice, _ instrument: Int, _ flags: SignalFlags) {
        guard slice.isPresent(instrument) else { return }
        let held = desk.quantity(instrument)
        switch spec.type {
        case .longSignal:
            if flags.contains(.longExit), held > 0 {
                desk.close(instrument, at: slice)
            } else if flags.contains(.longEntry), held == 0 {
                desk.submit(instrument, delta: spec.shares, at: slice)
            }
        case .shortOnly:
            if flags.contains(.shortExit), held < 0 {
                desk.close(instrument, at: slice)
            } else if flags.contains(.shortEntry), held == 0 {
                desk.submit(instrument, delta: -spec.shares, at: slice)
            }
        case .longShort:
            if held > 0 ? flags.contains(.longExit) : held < 0 && flags.contains(.shortExit) {
                desk.close(instrument, at: slice)
            }
            guard held == 0 else { return }
            if flags.contains(.longEntry) {
                desk.submit(instrument, delta: spec.shares, at: slice)
            } else if flags.contains(.shortEntry) {
                desk.submit(instrument, delta: -spec.shares, at: slice)
            }
        case .riskEntryOnly:
            guard held == 0, flags.contains(.longEntry), spec.allowReentry || !entered[instrument] else { return }
            enter(&desk, slice, instrument)
        case .singleEntry:
            if held == 0 { enter(&desk, slice, instrument) }
        case .targetWeights: break
        }
    }

    private mutating func enter(_ desk: inout Desk, _ slice: MarketSlice, _ instrument: Int) {
        desk.submit(instrument, delta: spec.side == .short ? -spec.shares : spec.shares, at: slice)
        entered[instrument] = true
    }
}
