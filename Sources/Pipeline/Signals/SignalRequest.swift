public import Contracts
import Primitives

/// What a backtest of signals reads and how it is configured.
public struct SignalRequest: Sendable {
    public var prices: String
    /// Nil where `orders` or `weights` make the orders, and no risk rule reads a column.
    public var signals: String?
    public var orders: String?
    /// For the strategy `target_weights`.
    public var weights: String?
    public var configuration: EngineConfiguration
    /// The configuration itself names `strategy.type`, so that weights must not choose it.
    public private(set) var namesStrategyType = false
    /// Files that the configuration names are relative to it; the working folder where nil.
    public var folder: String?
    /// The name of the only asset of files without an asset column.
    public var asset: String

    public init(
        prices: String, signals: String?, orders: String? = nil, weights: String? = nil, configuration: EngineConfiguration,
        asset: String = "asset"
    ) {
        self.prices = prices
        self.signals = signals
        self.orders = orders
        self.weights = weights
        self.configuration = configuration
        self.asset = asset
    }

    /// A conformance case: a folder with prices.parquet, signals.parquet and case.json.
    /// - Throws: `ApusError` `file.read`, `config.file`, `config.key`, `config.value`.
    public init(caseFolder: String) throws {
        let path = caseFolder + "/case.json"
        let document = try Self.document(path)
        var members = document["config"]?.objectValue ?? [:]
        var strategy: [String: JSONValue] = [:]
        strategy["type"] = document["strategy_type"]
        for key in ["side", "shares", "risk_rules"] { strategy[key] = document[key] }
        strategy["allow_reentry"] = document["constants"]?["allow_reentry"]
        guard strategy["type"] != nil else {
            throw ApusError("config.key", "the key is missing", context: ["file": path, "key": "strategy_type"])
        }
        guard members.updateValue(.object(strategy), forKey: "strategy") == nil else {
            throw ApusError(
                "config.key", "a case states its strategy beside its configuration",
                context: ["file": path, "key": "config.strategy"])
        }
        self.init(
            prices: caseFolder + "/prices.parquet", signals: caseFolder + "/signals.parquet",
            configuration: try Self.naming(path) { try EngineConfiguration(json: .object(members)) })
        folder = caseFolder
    }

    /// Takes the configuration from a file: YAML, or JSON where its name ends in `.json`.
    /// - Throws: `ApusError` `file.read`, `config.file`, `config.key`, `config.value`.
    public mutating func configure(file path: String) throws {
        let document = try Self.document(path)
        configuration = try Self.naming(path) { try EngineConfiguration(json: document.isNull ? [:] : document) }
        let sections = [document["strategy"], document["metadata"]?["apus"]?["strategy"]]
        folder = WorkspaceRoot.absolute(path + "/..")
        namesStrategyType = sections.contains { $0?["type"] != nil }
    }

    /// The section with the paths at which its files lie.
    var located: EngineConfiguration.Extensions {
        guard let folder else { return configuration.apus }
        func locate(_ file: String) -> String { file.hasPrefix("/") ? file : WorkspaceRoot.absolute(folder + "/" + file) }
        var section = configuration.apus
        section.funding?.file = locate(configuration.apus.funding?.file ?? "")
        section.actions?.file = locate(configuration.apus.actions?.file ?? "")
        section.conversion?.file = locate(configuration.apus.conversion?.file ?? "")
        section.finerBars = section.finerBars.map(locate)
        section.trades = section.trades.map(locate)
        section.quotes = section.quotes.map(locate)
        return section
    }

    private static func document(_ path: String) throws -> JSONValue {
        let text = try FileBytes.readText(path)
        do {
            return path.hasSuffix(".json") ? try JSONParser.parse(bytes: Array(text.utf8)) : try YAML.parse(text)
        } catch {
            let form = path.hasSuffix(".json") ? "JSON" : "YAML"
            throw ApusError("config.file", "the configuration is not \(form)", context: ["file": path], underlying: error)
        }
    }

    /// Puts the file in front of what an error says of the key.
    private static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as ApusError {
            throw error.adding("file", path)
        }
    }
}
