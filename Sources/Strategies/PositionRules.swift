/// What may become of a desired position: allowed values, the gate, minimum holding, cooldown, flips. Pure state, advanced once a
/// decision.
public struct PositionRules: Hashable, Sendable {
    /// The gate's answer at a decision.
    public struct Gate: Hashable, Sendable {
        public let open: Bool
        public let alsoBlocksExits: Bool

        public init(open: Bool, alsoBlocksExits: Bool) {
            self.open = open
            self.alsoBlocksExits = alsoBlocksExits
        }

        public static let none = Gate(open: true, alsoBlocksExits: false)
    }

    private let allowed: [Int]
    private let allowFlipSameDay: Bool
    private let minHoldDays: Int
    private let cooldownDays: Int
    /// The position held by decision: -1, 0, +1.
    public private(set) var position = 0
    private var entryDay: Int?
    private var exitDay: Int?
    private var exitDirection = 0

    /// - Parameters:
    ///   - positionValues: a subset of -1, 0, 1; other signs are cut to flat.
    ///   - minHoldDays: trade dates a position is kept at least.
    ///   - cooldownDays: trade dates after an exit without an entry.
    public init(positionValues: [Double], allowFlipSameDay: Bool, minHoldDays: Int, cooldownDays: Int) {
        allowed = positionValues.map { $0 > 0 ? 1 : ($0 < 0 ? -1 : 0) }
        self.allowFlipSameDay = allowFlipSameDay
        self.minHoldDays = minHoldDays
        self.cooldownDays = cooldownDays
    }

    /// Decides the position.
    /// - Parameters:
    ///   - desired: what the template wants.
    ///   - day: the ordinal of the decision's trade date among the trade dates seen.
    /// - Returns: the new position, -1, 0 or +1.
    public mutating func decide(desired: Int, gate: Gate, day: Int) -> Int {
        let wanted = allowed.contains(desired) ? desired : 0
        if wanted == position { return position }
        if !gate.open && gate.alsoBlocksExits { return position }
        if position != 0 {
            guard let entryDay, day - entryDay >= minHoldDays else { return position }
            exitDirection = position
            position = 0
            exitDay = day
            self.entryDay = nil
        }
        if wanted != 0, mayEnter(wanted, gate: gate, day: day) {
            position = wanted
            entryDay = day
        }
        return position
    }

    private func mayEnter(_ wanted: Int, gate: Gate, day: Int) -> Bool {
        guard gate.open else { return false }
        guard let exitDay else { return true }
        if day == exitDay, wanted == -exitDirection { return allowFlipSameDay && cooldownDays == 0 }
        return day - exitDay >= cooldownDays
    }
}
