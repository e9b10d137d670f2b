import Contracts
import Market
import Primitives

/// What the checks share, computed once.
struct DoctorFacts: Sendable {
    let subject: Doctor.Case
    let result: BacktestResult
    /// Nil where nothing tells it.
    let capital: Double?
    /// Last equity less capital.
    let profit: Double?
    let positions: [Position]
    let configuration: DoctorConfiguration
    /// The bar of equity that each fill is part of; nil before the first.
    let fillRows: [Int?]
    /// Equity's times are strictly increasing.
    let timesAscend: Bool

    var fills: [FillRecord] { result.fills }
    var equity: [EquityPoint] { result.equity }

    /// One holding from flat to flat: partial exits count as one.
    struct Position: Sendable {
        let asset: String
        let entry: UnixNanos
        var exit: UnixNanos
        var pnl: Double
        var isOpen: Bool
        /// Of its first trade.
        let trade: Int
        let isLong: Bool
    }

    init(_ subject: Doctor.Case) {
        self.subject = subject
        let result = subject.result
        self.result = result
        let configuration = DoctorConfiguration(result.configuration)
        self.configuration = configuration
        let capital = result.initialCapital ?? result.dailyPnL.first?.openEquity
        self.capital = capital
        profit = capital.flatMap { capital in result.equity.last.map { $0.equity - capital } }
        positions = Self.positions(result.trades)
        timesAscend = zip(result.equity, result.equity.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp }
        let equity = result.equity
        fillRows = result.fills.map { fill in
            // In a workspace a bar's label is its open and a fill at the close has the time of the close.
            let isLater = configuration.isWorkspaceRun && fill.priceSource != "open"
            guard configuration.fillsInsideBars, configuration.labelsAreCloses else {
                return equity.lastIndex(upTo: isLater ? fill.time - 1 : fill.time) { $0.timestamp }
            }
            let before = equity.lastIndex(upTo: fill.time - 1) { $0.timestamp } ?? -1
            return equity.isEmpty ? nil : min(before + 1, equity.count - 1)
        }
    }

    private static func positions(_ trades: [TradeRecord]) -> [Position] {
        struct Key: Hashable {
            let asset: String
            let entry: UnixNanos
            let isLong: Bool
        }
        var index: [Key: Int] = [:]
        var positions: [Position] = []
        for (row, trade) in trades.enumerated() {
            let key = Key(asset: trade.asset, entry: trade.entryTime, isLong: trade.quantity > 0)
            let isOpen = trade.exitReason == .endOfData
            if let known = index[key] {
                positions[known].exit = max(positions[known].exit, trade.exitTime)
                positions[known].pnl += trade.pnl
                positions[known].isOpen = positions[known].isOpen || isOpen
            } else {
                index[key] = positions.count
                positions.append(
                    Position(
                        asset: trade.asset, entry: trade.entryTime, exit: trade.exitTime, pnl: trade.pnl, isOpen: isOpen,
                        trade: row, isLong: trade.quantity > 0))
            }
        }
        return positions
    }

    /// Absolute notional of all positions / equity where the result has it, else the net exposure's size.
    var exposures: [Double] {
        equity.map { point in
            point.account.map { point.equity > 0 ? $0.grossExposure / point.equity : 0 } ?? abs(point.netExposure)
        }
    }

    /// The bar of a fill; nil without bars or where none is there.
    func bar(_ fill: FillRecord) -> (bars: [Bar], index: Int)? {
        guard let prices = subject.prices, let bars = prices.bars[fill.asset] else { return nil }
        let exact = prices.index(fill.asset, at: fill.time, isOpen: fill.priceSource == "open")
        if let exact { return (bars, exact) }
        guard configuration.fillsInsideBars else { return nil }
        return prices.spanning(fill.asset, fill.time, labelsAreCloses: configuration.labelsAreCloses).map { (bars, $0) }
    }

    /// Price before spread and slippage.
    func reference(_ fill: FillRecord) -> Double {
        guard fill.referencePrice == fill.price, fill.slippagePerUnit > 0 else { return fill.referencePrice }
        return fill.price - (fill.signedQuantity > 0 ? fill.slippagePerUnit : -fill.slippagePerUnit)
    }

    /// Did the strategy decide on the very bar that the fill is in? The layout of ml4t-backtest 0.2.0 only has the mode.
    func isSameBar(_ fill: FillRecord) -> Bool {
        if fill.reason == ExitReason.endOfData.rawValue { return false }
        if fill.sameBar { return true }
        let isOwn = fill.reason.isEmpty || fill.reason == ExitReason.signal.rawValue
        return configuration.fillsInTheSameBar && !configuration.isWorkspaceRun && isOwn && fill.decisionTime == fill.time
    }

    static func place(_ fill: FillRecord) -> String { "\(fill.orderID) \(fill.asset) \(fill.time)" }

    func place(_ position: Position) -> String { "trade \(position.trade + 1) \(position.asset) \(position.entry)" }

    static func place(trade row: Int, _ trade: TradeRecord) -> String { "trade \(row + 1) \(trade.asset) \(trade.entryTime)" }

    /// "3 of 12 (25.0%)".
    static func share(_ part: Int, of whole: Int) -> String {
        "\(part) of \(whole) (\(Format.percent(whole > 0 ? Double(part) / Double(whole) : nil, 1)))"
    }
}

/// What a result's config.yaml says that checks need, in ML4T's vocabulary with ours below `metadata.apus`.
struct DoctorConfiguration: Sendable {
    private let document: JSONValue
    private let own: JSONValue?
    /// Instrument, strategy and costs of each part of a run with capital weights; of any other run `own` is the only one.
    private let members: [JSONValue]
    /// Made by `apus run`.
    let isWorkspaceRun: Bool

    init(_ document: JSONValue) {
        self.document = document
        own = document["metadata"]?["apus"]
        members = own?["members"]?.arrayValue ?? [own].compactMap { $0 }
        isWorkspaceRun = members.contains { $0["instrument"]?["id"] != nil }
    }

    /// Orders meet single trades or quotes; bars need not have seen their prices.
    var meetsEvents: Bool { ["trades", "quotes"].contains { !(own?[$0]?.isNull ?? true) } }

    /// Fills have times of their own between the labels of bars.
    var fillsInsideBars: Bool { meetsEvents || !(own?["finer_bars"]?.isNull ?? true) }

    var labelsAreCloses: Bool { EngineConfiguration.Feed.labelsAreCloses(document["feed"]) }

    var fillsInTheSameBar: Bool { document["execution"]?["execution_mode"]?.stringValue == "same_bar" }
    var allowsLeverage: Bool { document["account"]?["allow_leverage"]?.boolValue ?? false }
    var allowsShorts: Bool { document["account"]?["allow_short_selling"]?.boolValue ?? false }
    var skipsCash: Bool { document["orders"]?["skip_cash_validation"]?.boolValue ?? false }
    var isKnown: Bool { document["account"]?["allow_leverage"] != nil }

    /// Somebody charges for borrowed money: margins by instrument or by account, or interest.
    var hasMarginModel: Bool {
        let account = document["account"]
        let isSet = [
            account?["initial_margin"], account?["fixed_margin_schedule"], account?["margin_pct_schedule"],
            own?["financing"],
        ]
        return isSet.contains { !($0?.isNull ?? true) }
    }

    /// Cash that moves without a fill, or holdings that do: then fills alone do not make the account.
    var hasCashEvents: Bool {
        ["funding", "actions", "borrow", "financing", "liquidation"].contains { !(own?[$0]?.isNull ?? true) }
    }

    var marksAtClose: Bool {
        ["price", "close"].contains(document["execution"]?["mark_price"]?.stringValue ?? "close")
            && (document["feed"]?["price_col"]?.stringValue ?? "close")
                == (document["feed"]?["close_col"]?.stringValue ?? "close")
    }

    /// Profits of the asset are paid in cash as its price moves.
    func paysVariation(_ asset: String) -> Bool { !(own?["instruments"]?[asset]?["initial_margin"]?.isNull ?? true) }

    /// What a workspace says of an asset. The only instrument of a run is its asset, whatever the name.
    private func instrument(_ asset: String) -> JSONValue? {
        let all = members.compactMap { $0["instrument"] }
        return all.first { $0["id"]?.stringValue == asset } ?? (all.count == 1 ? all.first : nil)
    }

    /// Price units; nil where it is not stated.
    func tick(_ asset: String) -> Double? {
        let stated = own?["instruments"]?[asset]?["tick_size"] ?? (isWorkspaceRun ? instrument(asset)?["tick_size"] : nil)
        return stated?.doubleValue.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The session calendar of an asset; nil where none is named that we know.
    func calendar(_ asset: String) -> (any SessionCalendar)? {
        let name =
            instrument(asset)?["calendar"]?.stringValue ?? own?["instruments"]?[asset]?["calendar"]?.stringValue
            ?? document["calendar"]?["calendar"]?.stringValue ?? document["feed"]?["calendar"]?.stringValue
        switch name?.uppercased() {
        case "NYSE", "XNYS", "AMEX", "NASDAQ", "US_EQUITY": return SessionCalendars.usEquity
        case "CME", "CME_EQUITY": return SessionCalendars.cmeEquity
        case "ALWAYS_OPEN": return SessionCalendars.alwaysOpen
        default: return nil
        }
    }

    /// Numbers that somebody chose: the strategy's, its gate's, its scaling's and its rules'. What a signal file was made with
    /// is not among them. Members each have their own.
    var parameters: Int {
        var count = 0
        for member in members {
            for key in ["parameters", "risk_rules"] { count += Self.numbers(member["strategy"]?[key] ?? .null) }
            count += Self.numbers(member["scaling"] ?? .null)
            let words = member["gate"]?["expression"]?.stringValue?.split { " ()".contains($0) } ?? []
            count += words.count { Double($0) != nil }
        }
        count += Self.numbers(document["strategy"]?["parameters"] ?? .null)
        return count + Self.numbers(own?["portfolio"]?["position_rules"] ?? .null)
    }

    private static func numbers(_ value: JSONValue) -> Int {
        switch value {
        case .int, .double: 1
        case .array(let items): items.reduce(0) { $0 + numbers($1) }
        case .object(let members): members.values.reduce(0) { $0 + numbers($1) }
        default: 0
        }
    }
}
