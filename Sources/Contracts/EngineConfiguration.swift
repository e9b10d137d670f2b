public import Primitives

/// How an account and its market behave in a backtest: the whole vocabulary of ml4t-backtest 0.2.0, the strategy that turns
/// signals into orders, and what ML4T has no word for. docs/contracts/engine-config.md tells every key.
public struct EngineConfiguration: Sendable {
    public var account = Account()
    public var execution = Execution()
    public var stops = Stops()
    public var positionSizing = PositionSizing()
    public var commission = Commission()
    public var slippage = Slippage()
    public var cash = Cash()
    public var settlement = Settlement()
    public var orders = Orders()
    public var calendar = Calendar()
    public var feed = Feed()
    public var result = Result()
    /// Free notes of the user; carried along. Its key `apus` is not here but in `strategy` and `apus`.
    public var metadata: [String: JSONValue] = [:]
    public var strategy = SignalStrategySpec()
    /// What ML4T has no word for.
    public var apus = Extensions()

    /// Every key at its default.
    public init() {}

    /// Reads a configuration. `strategy` and `apus` may stand beside ML4T's sections, or as a written result has them: below
    /// `metadata.apus`.
    /// - Throws: `ApusError` `config.key` or `config.value` with the key path.
    public init(json: JSONValue) throws {
        self.init()
        guard var members = json.objectValue else { throw Self.wrong(json, at: "configuration") }
        try Self.refuseUnknown(members.keys, known: Self.sections, prefix: "")
        let notes = members.removeValue(forKey: "metadata") ?? .null
        guard notes.isNull || notes.objectValue != nil else { throw Self.wrong(notes, at: "metadata") }
        metadata = notes.objectValue ?? [:]
        if let ours = metadata.removeValue(forKey: Self.ourSection) { try readMetadata(ours, into: &members) }
        try read(members, at: "")
        try check(at: "")
    }

    /// The whole configuration, every key written, sections beside one another.
    public var json: JSONValue {
        var members = configurationJSON?.objectValue ?? [:]
        members["metadata"] = .object(metadata)
        return .object(members)
    }

    /// The same as ml4t-backtest reads it: `strategy` and `apus` moved to `metadata.apus`.
    public var ml4tJSON: JSONValue {
        var members = json.objectValue ?? [:]
        var ours = members.removeValue(forKey: Self.ourSection)?.objectValue ?? [:]
        ours["strategy"] = members.removeValue(forKey: "strategy")
        members["metadata"] = .object(metadata.merging([Self.ourSection: .object(ours)]) { $1 })
        return .object(members)
    }

    static let ourSection = "apus"

    static var sections: [String] { fields.map(\.key) + ["metadata"] }

    private func readMetadata(_ ours: JSONValue, into members: inout [String: JSONValue]) throws {
        let path = "metadata.\(Self.ourSection)"
        guard var section = ours.objectValue else { throw Self.wrong(ours, at: path) }
        if let strategy = section.removeValue(forKey: "strategy") {
            guard members.updateValue(strategy, forKey: "strategy") == nil else {
                throw ApusError("config.key", "the key stands twice: also as strategy", context: ["key": path + ".strategy"])
            }
        }
        guard !section.isEmpty else { return }
        guard members.updateValue(.object(section), forKey: Self.ourSection) == nil else {
            throw ApusError("config.key", "the section stands twice: also as \(Self.ourSection)", context: ["key": path])
        }
    }
}

extension EngineConfiguration: ConfigurationSection {
    public static var fields: [ConfigurationField<Self>] {
        [
            .key("account", \.account), .key("execution", \.execution), .key("stops", \.stops),
            .key("position_sizing", \.positionSizing), .key("commission", \.commission), .key("slippage", \.slippage),
            .key("cash", \.cash), .key("settlement", \.settlement), .key("orders", \.orders), .key("calendar", \.calendar),
            .key("feed", \.feed), .key("result", \.result), .key("strategy", \.strategy), .key("apus", \.apus),
        ]
    }
}
