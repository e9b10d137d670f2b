import Contracts
import Primitives
import TestKit
import Testing

@Suite struct EngineConfigurationTests {
    /// A key of a section as the documentation should tell it.
    struct Key: Hashable {
        let section: String
        let name: String
        let form: String
        let standard: String
    }

    private static func keys<Section: ConfigurationSection>(_ section: String, _: Section.Type, required: Bool = false) -> [Key] {
        let written = Section().configurationJSON?.objectValue ?? [:]
        return Section.fields.map { field in
            let value = written[field.key]
            let standard =
                switch value {
                case nil: "absent"
                case .string(let text): text
                case .object(let members) where !members.isEmpty: "mapping"
                case let value?: (try? CanonicalJSON.text(value)) ?? ""
                }
            return Key(section: section, name: field.key, form: field.form, standard: field.isRequired ? "required" : standard)
        }
    }

    private static let parsed: [Key] =
        keys("account", EngineConfiguration.Account.self) + keys("execution", EngineConfiguration.Execution.self)
        + keys("stops", EngineConfiguration.Stops.self) + keys("position_sizing", EngineConfiguration.PositionSizing.self)
        + keys("commission", EngineConfiguration.Commission.self) + keys("slippage", EngineConfiguration.Slippage.self)
        + keys("cash", EngineConfiguration.Cash.self) + keys("settlement", EngineConfiguration.Settlement.self)
        + keys("orders", EngineConfiguration.Orders.self) + keys("calendar", EngineConfiguration.Calendar.self)
        + keys("feed", EngineConfiguration.Feed.self) + keys("result", EngineConfiguration.Result.self)
        + keys("strategy", SignalStrategySpec.self) + keys("apus", EngineConfiguration.Extensions.self)
        + keys("Instruments", EngineConfiguration.Instrument.self) + keys("Funding", EngineConfiguration.Funding.self)
        + keys("Actions", EngineConfiguration.Actions.self) + keys("Liquidation", EngineConfiguration.Liquidation.self)
        + keys("Impact", EngineConfiguration.Impact.self)
        + keys("Portfolio limits", EngineConfiguration.Risk.self)

    /// The four-column tables of docs/contracts/engine-config.md.
    private static func documented() throws -> [Key] {
        let text = try FileBytes.readText(PackageRoot.appending("docs/contracts/engine-config.md"))
        var section = ""
        var found: [Key] = []
        for line in text.split(separator: "\n").map(String.init) {
            if line.hasPrefix("#") { section = String(line.drop { $0 == "#" || $0 == " " }) }
            guard line.hasPrefix("| `") else { continue }
            let bar = "\u{1}"
            let cells = line.replacing("\\|", with: bar).split(separator: "|").map {
                $0.replacing(bar, with: "|").trimmingPrefix(" ")
            }
            .map { $0.hasSuffix(" ") ? String($0.dropLast()) : String($0) }
            guard cells.count == 4, let name = cells.first?.dropFirst().dropLast() else { continue }
            found.append(Key(section: section, name: String(name), form: cells[1], standard: cells[2]))
        }
        return found
    }

    @Test func documentationAndParserAgree() throws {
        let documented = try Self.documented()
        #expect(Self.parsed.count > 90)
        for key in Self.parsed { #expect(documented.contains(key), "not so in the document: \(key)") }
        for key in documented { #expect(Self.parsed.contains(key), "the parser knows no \(key)") }
        let top = EngineConfiguration.fields.map(\.key)
        for section in Set(Self.parsed.map(\.section)).filter({ $0 == $0.lowercased() }) { #expect(top.contains(section)) }
    }

    @Test func riskRulesAreDocumented() throws {
        let text = try FileBytes.readText(PackageRoot.appending("docs/contracts/engine-config.md"))
        for kind in RiskRuleSpec.Kind.allCases { #expect(text.contains("`\(kind.rawValue)`")) }
    }

    private static let defaultFile = SharedData.existing("conformance/ml4t/default_config.yaml")

    /// The reference's own file of defaults has every section and key of ours that ML4T knows, with the same values.
    @Test(.enabled(if: defaultFile != nil, "needs ../shared/conformance")) func defaultsAreML4Ts() throws {
        let reference = try YAML.parse(FileBytes.readText(try #require(Self.defaultFile)))
        var ours = EngineConfiguration().json.objectValue ?? [:]
        ours["strategy"] = nil
        ours["apus"] = nil
        #expect(JSONValue.object(ours) == reference)
        #expect(try EngineConfiguration(json: reference).json == EngineConfiguration().json)
    }

    /// Every word of every vocabulary survives a round trip, in both forms.
    @Test func everythingSurvivesARoundTrip() throws {
        let document: JSONValue = [
            "account": [
                "allow_leverage": true, "fixed_margin_schedule": ["ES": [12_000.0, 11_000.0]],
                "margin_pct_schedule": ["NQ": [0.2, 0.1]],
            ],
            "commission": ["model": "per_contract", "per_share": 2.5], "calendar": ["calendar": nil],
            "feed": ["entity_col": "symbol", "bar_label": "right", "calendar": "CME"],
            "metadata": ["author": "me", "tags": ["a", "b"]],
            "strategy": [
                "type": "risk_entry_only", "side": "short", "shares": 3, "allow_reentry": false,
                "risk_rules": [
                    ["type": "StopLoss", "pct": 0.05], ["type": "TimeExit", "max_bars": 7],
                    ["type": "TighteningTrailingStop", "schedule": [[0.0, 0.05], [0.1, 0.02]]],
                    ["type": "ScaledExit", "targets": [[0.05, 0.25]]],
                    ["type": "VolatilityStop", "multiplier": 1.5, "use_entry_atr": false],
                    ["type": "VolatilityTrailingStop", "atr_key": "range"], ["type": "SignalExit", "threshold": 0.3],
                    [
                        "type": "AllOf",
                        "rules": [
                            ["type": "TakeProfit", "pct": 0.0],
                            ["type": "AnyOf", "rules": [["type": "TrailingStop", "pct": 1]]],
                        ],
                    ],
                ],
            ],
            "apus": [
                "instruments": ["ES": ["tick_size": 0.25, "multiplier": 50]], "funding": ["file": "f.parquet", "interval": "1h"],
                "borrow": ["rate": 0.01], "maker_rate": -0.0001, "taker_rate": 0.0005,
                "impact": ["model": "power", "exponent": 0.6],
            ],
        ]
        let configuration = try EngineConfiguration(json: document)
        #expect(configuration.commission.model == .perShare)
        #expect(configuration.account.fixedMarginSchedule == ["ES": MarginPair(12_000, 11_000)])
        #expect(configuration.calendar.calendar == .none)
        #expect(configuration.feed.calendar == .named("CME"))
        #expect(configuration.strategy.riskRules.count == 8)
        #expect(configuration.strategy.contextKeys == ["atr", "exit_signal", "range"])
        #expect(configuration.apus.instruments["ES"]?.multiplier == 50)
        #expect(try EngineConfiguration(json: configuration.json).json == configuration.json)
        let ml4t = configuration.ml4tJSON
        #expect(ml4t["strategy"] == nil)
        #expect(ml4t["apus"] == nil)
        #expect(ml4t["metadata"]?["author"] == "me")
        #expect(ml4t["metadata"]?["apus"]?["strategy"]?["side"] == "short")
        #expect(try EngineConfiguration(json: ml4t).json == configuration.json)
        #expect(try EngineConfiguration(json: YAML.parse(YAML.text(ml4t))).json == configuration.json)
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let document: JSONValue
        let key: String
        var code = "config.value"
        var says = ""
        var testDescription: String { key }
    }

    @Test(arguments: [
        Bad(document: ["acount": [:]], key: "acount", code: "config.key", says: "did you mean \"account\""),
        Bad(document: ["account": ["allow_shorts": true]], key: "account.allow_shorts", code: "config.key"),
        Bad(document: ["account": 1], key: "account"), Bad(document: [1], key: "configuration"),
        Bad(document: ["account": ["allow_leverage": "yes"]], key: "account.allow_leverage", says: "true|false"),
        Bad(document: ["account": ["initial_margin": 0]], key: "account.initial_margin", says: "> 0 and <= 1"),
        Bad(document: ["account": ["margin_pct_schedule": ["A": [0.1, 0.2]]]], key: "account.margin_pct_schedule.A"),
        Bad(document: ["account": ["fixed_margin_schedule": ["A": [1]]]], key: "account.fixed_margin_schedule.A"),
        Bad(
            document: ["execution": ["execution_mode": "next_bars"]], key: "execution.execution_mode",
            says: "did you mean \"next_bar\""),
        Bad(document: ["commission": ["rate": -0.1]], key: "commission.rate"),
        Bad(document: ["commission": ["rate": .double(.nan)]], key: "commission.rate"),
        Bad(document: ["settlement": ["delay": 1.5]], key: "settlement.delay", says: "integer"),
        Bad(document: ["calendar": ["time_contract_version": 3]], key: "calendar.time_contract_version"),
        Bad(document: ["feed": ["timestamp_semantics": "bar_close", "bar_label": "left"]], key: "feed.bar_label"),
        Bad(document: ["metadata": [1]], key: "metadata"),
        Bad(document: ["strategy": ["risk_rules": [["pct": 0.1]]]], key: "strategy.risk_rules[0].type", code: "config.key"),
        Bad(
            document: ["strategy": ["risk_rules": [["type": "StopLoss"]]]], key: "strategy.risk_rules[0].pct",
            code: "config.key"),
        Bad(
            document: ["strategy": ["risk_rules": [["type": "StopLos", "pct": 0.1]]]], key: "strategy.risk_rules[0].type",
            says: "did you mean \"StopLoss\""),
        Bad(
            document: ["strategy": ["risk_rules": [["type": "StopLoss", "pct": 0.1, "percent": 1]]]],
            key: "strategy.risk_rules[0].percent", code: "config.key"),
        Bad(
            document: ["strategy": ["risk_rules": [["type": "AllOf", "rules": [["type": "TimeExit", "max_bars": -1]]]]]],
            key: "strategy.risk_rules[0].rules[0].max_bars"),
        Bad(
            document: ["strategy": ["risk_rules": [["type": "ScaledExit", "targets": [[0.1, 0.5], [0.1, 0.2]]]]]],
            key: "strategy.risk_rules[0].targets[1]", says: "twice"),
        Bad(document: ["apus": ["intrabar_path": "finer"]], key: "apus.finer_bars"),
        Bad(document: ["apus": ["taker_rate": 0.1]], key: "apus.maker_rate"),
        Bad(document: ["apus": ["funding": ["interval": "8h"]]], key: "apus.funding.file", code: "config.key"),
        Bad(document: ["apus": ["funding": ["file": "f", "interval": "7h"]]], key: "apus.funding.interval"),
        Bad(document: ["apus": [:], "metadata": ["apus": ["seed": 1]]], key: "metadata.apus", code: "config.key"),
    ]) func errorsNameTheKey(_ bad: Bad) throws {
        let error = try #require(throws: ApusError.self) { try EngineConfiguration(json: bad.document) }
        #expect(error.code == bad.code)
        #expect(error.context.first?.value == bad.key, "\(error)")
        #expect(error.message.contains(bad.says), "\(error)")
    }

    @Test func oneOfPriceAndCloseStandsForBoth() throws {
        let closeOnly = try EngineConfiguration(json: ["feed": ["close_col": "c"]]).feed
        #expect(closeOnly.priceCol == "c")
        let priceOnly = try EngineConfiguration(json: ["feed": ["price_col": "p"]]).feed
        #expect(priceOnly.closeCol == "p")
    }

    @Test(arguments: [
        (ScriptedOrder(row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit), "side"),
        (ScriptedOrder(row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit, side: .buy), "quantity"),
        (ScriptedOrder(row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit, side: .buy, quantity: 0), "quantity"),
        (
            ScriptedOrder(
                row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit, side: .buy, quantity: 1, type: .limit),
            "limit_price"
        ),
        (
            ScriptedOrder(
                row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit, side: .buy, quantity: 1, type: .stop,
                limitPrice: 1, stopPrice: 1), "limit_price"
        ),
        (
            ScriptedOrder(
                row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit, side: .buy, quantity: 1, type: .trailingStop,
                trailAmount: 1, trailFraction: 0.1), "trail_amount"
        ),
        (
            ScriptedOrder(
                row: 0, time: UnixNanos(5), asset: "A", id: "1", action: .submit, side: .buy, quantity: 1, timeInForce: .gtd,
                expireAt: UnixNanos(5)), "expire_at"
        ),
        (
            ScriptedOrder(
                row: 0, time: UnixNanos(5), asset: "A", id: "1", action: .submit, side: .buy, quantity: 1, postOnly: true),
            "post_only"
        ),
        (
            ScriptedOrder(
                row: 0, time: UnixNanos(5), asset: "A", id: "1", action: .submit, side: .buy, quantity: 1, type: .limit,
                limitPrice: 1, timeInForce: .opg, postOnly: true), "post_only"
        ),
        (ScriptedOrder(row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .modify), "quantity"),
    ]) func ordersThatMeanNothingAreRefused(_ order: ScriptedOrder, _ column: String) {
        #expect(order.problem?.column == column)
    }

    @Test func ordersThatMeanSomethingAreTaken() {
        let good = [
            ScriptedOrder(row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit, side: .buy, quantity: 1),
            ScriptedOrder(
                row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .submit, side: .sell, quantity: 1, type: .stopLimit,
                limitPrice: 1, stopPrice: 2, timeInForce: .gtd, expireAt: UnixNanos(1), parentID: "0", reduceOnly: true),
            ScriptedOrder(row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .cancel),
            ScriptedOrder(row: 0, time: UnixNanos(0), asset: "A", id: "1", action: .modify, limitPrice: 2),
        ]
        for order in good { #expect(order.problem == nil) }
    }
}
