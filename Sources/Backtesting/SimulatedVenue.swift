import Contracts
public import Engine
import Execution
public import Market
import Portfolio
import Primitives

/// A market simulated from bars. What fills, when and at what price is in docs/concepts/fills.md.
public struct SimulatedVenue: Venue {
    /// Positions in the desk's orders that this pass may fill.
    var eligible: [Int] = []
    private var entries: [Int] = []
    /// Decision and fill share the close of this label.
    var isAtClose = false
    /// All working orders of the label are here, not only exits put off to its open.
    private var isQueue = false

    public init() {}

    public mutating func work(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) throws {
        isAtClose = pass == .sameBar
        isQueue = pass == .market
        expire(&desk, slice)
        collect(&desk, slice, pass)
        while !eligible.isEmpty {
            fill(&desk, slice)
            collectFresh(&desk, slice)
        }
        desk.sweep()
    }

    private mutating func fill(_ desk: inout Desk, _ slice: MarketSlice) {
        let usesOpen = !isAtClose && desk.rules.mode == .nextBar
        if desk.rules.fillsImmediately, desk.rules.mode == .sameBar { fillSubmissions(&desk, slice) }
        arrange(desk, slice)
        if usesOpen, desk.rules.shadowsQueue, isQueue {
            fillQueue(&desk, slice)
            return endShortLived(&desk, slice)
        }
        switch desk.rules.ordering {
        case .exitFirst: exitsFirst(&desk, slice, usesOpen)
        case .fifo, .sequential: inTurn(&desk, slice, usesOpen)
        case .priority:
            eligible = sorted(eligible, desk, slice, usesOpen)
            inTurn(&desk, slice, usesOpen)
        }
        endShortLived(&desk, slice)
    }

    private func expire(_ desk: inout Desk, _ slice: MarketSlice) {
        for index in desk.orders.indices where !desk.orders[index].state.isTerminal {
            let order = desk.orders[index]
            let isOver = order.timeInForce == .day && order.session >= 0 && slice.session > order.session
            if isOver || slice.time >= order.expiry { desk.end(index, .expire) }
        }
    }

    /// Orders whose parent has filled in this very pass.
    private mutating func collectFresh(_ desk: inout Desk, _ slice: MarketSlice) {
        eligible.removeAll(keepingCapacity: true)
        for index in desk.orders.indices where desk.orders[index].isFresh {
            desk.orders[index].isFresh = false
            desk.orders[index].firstIndex = slice.index
            if !desk.orders[index].state.isTerminal { eligible.append(index) }
        }
    }

    private mutating func collect(_ desk: inout Desk, _ slice: MarketSlice, _ pass: VenuePass) {
        eligible.removeAll(keepingCapacity: true)
        for index in desk.orders.indices {
            let order = desk.orders[index]
            if order.state.isTerminal || order.isAsleep || order.eligibleIndex > slice.index { continue }
            switch pass {
            case .ruleExits(let first): if order.number < first { continue }
            case .open: if order.isAtClose { continue }
            case .close: if !order.isAtClose { continue }
            case .market, .sameBar: break
            }
            if order.eligibleIndex == slice.index, order.eligibleFrom == UnixNanos(Int64.min), desk.rules.latencyNanos > 0,
                order.rule < 0
            {
                // The label is the earliest moment at which the decision can have been made.
                desk.orders[index].eligibleFrom = slice.time + desk.rules.latencyNanos
            }
            if slice.time < desk.orders[index].eligibleFrom || !slice.isPresent(order.instrument) { continue }
            if desk.orders[index].session < 0 {
                desk.orders[index].session = slice.session
                desk.orders[index].firstIndex = slice.index
            }
            eligible.append(index)
        }
    }

    /// What an order that lives for one opportunity has not got by now it will not get.
    private func endShortLived(_ desk: inout Desk, _ slice: MarketSlice) {
        for index in eligible where !desk.orders[index].state.isTerminal {
            switch desk.orders[index].timeInForce {
            case .ioc, .fok, .opg, .cls: desk.end(index, .cancel)
            case .day, .gtc, .gtd: break
            }
        }
    }
}

// MARK: - Order of execution

extension SimulatedVenue {
    /// Of orders of which a fill cancels the other, the one that the path of prices reaches first comes first.
    private mutating func arrange(_ desk: Desk, _ slice: MarketSlice) {
        guard eligible.contains(where: { desk.orders[$0].ocoGroup != 0 }) else { return }
        var arranged = eligible
        for group in Set(eligible.map { desk.orders[$0].ocoGroup }).sorted() where group != 0 {
            let places = eligible.indices.filter { desk.orders[eligible[$0]].ocoGroup == group }
            let members = places.map { eligible[$0] }.sorted { first, second in
                let (left, right) = (rank(desk, first, slice), rank(desk, second, slice))
                return left == right ? first < second : left < right
            }
            for (place, member) in zip(places, members) { arranged[place] = member }
        }
        eligible = arranged
    }

    /// 0 for what the open fills, then 1 and 2 along the path.
    private func rank(_ desk: Desk, _ index: Int, _ slice: MarketSlice) -> Int {
        let order = desk.orders[index]
        let bar = bar(for: order, slice)
        let isStop = order.type == .stop || order.type == .stopLimit || order.type == .trailingStop
        let level = isStop ? order.stopPrice : order.limitPrice
        let isAbove = order.isBuy == isStop
        if isAbove ? bar.open >= level : bar.open <= level { return 0 }
        switch desk.rules.path {
        case .worstFirst, .finer: return isStop ? 1 : 2
        case .ohlc: return isAbove == bar.highFirst ? 1 : 2
        }
    }

    private mutating func exitsFirst(_ desk: inout Desk, _ slice: MarketSlice, _ usesOpen: Bool) {
        entries.removeAll(keepingCapacity: true)
        var exits: [Int] = []
        for index in eligible where roundShares(&desk, index, slice) {
            if isExit(desk, index) { exits.append(index) } else { entries.append(index) }
        }
        var deferred = false
        for index in exits where !desk.orders[index].state.isTerminal {
            if isExit(desk, index) {
                fillExit(&desk, index, slice, usesOpen)
            } else {
                entries.append(index)
                deferred = true
            }
        }
        mark(&desk, slice, usesOpen)
        if deferred { entries.sort() }
        entries = sorted(entries, desk, slice, usesOpen)
        for index in entries { fillOne(&desk, index, slice, usesOpen) }
    }

    private func inTurn(_ desk: inout Desk, _ slice: MarketSlice, _ usesOpen: Bool) {
        for index in eligible where !desk.orders[index].state.isTerminal {
            guard roundShares(&desk, index, slice) else { continue }
            if desk.rules.ordering == .sequential, desk.rules.reservesBuyingPower {
                // The cash was set aside when the order was sent.
                fillExit(&desk, index, slice, usesOpen)
            } else {
                fillOne(&desk, index, slice, usesOpen)
            }
            if desk.orders[index].state == .filled { mark(&desk, slice, usesOpen) }
        }
    }

    private func sorted(_ orders: [Int], _ desk: Desk, _ slice: MarketSlice, _ usesOpen: Bool) -> [Int] {
        let priority = desk.rules.priority
        guard priority != .submission, orders.count > 1 else { return orders }
        var keys: [Int: Double] = [:]
        for index in orders {
            let order = desk.orders[index]
            var price = base(desk, order, slice, usesOpen).price
            if !price.isFinite { price = slice.price[order.instrument] }
            let notional = price.isFinite ? (order.quantity * price).magnitude : 0
            keys[index] =
                switch priority {
                case .submission: 0
                case .notionalDescending: -notional
                case .notionalAscending: notional
                case .orderValueAscending: order.isBuy ? notional : -notional
                case .freeCashAscending: freeCashUse(desk, order, price: price)
                }
        }
        return orders.sorted { left, right in
            let (first, second) = (keys[left] ?? 0, keys[right] ?? 0)
            return first == second ? left < right : first < second
        }
    }

    private func freeCashUse(_ desk: Desk, _ order: Order, price: Double) -> Double {
        guard price.isFinite else { return 0 }
        let current = desk.quantity(order.instrument)
        let unit = price * desk.account.instruments[order.instrument].multiplier
        let commission = commission(desk, order, units: order.quantity, price: price)
        if current < 0, order.isBuy {
            let covered = min(order.quantity, -current)
            let basis = desk.account.lockedBasis(order.instrument)
            return covered * unit - 2 * (covered / -current * basis) + max(0, order.quantity - covered) * unit + commission
        }
        if current > 0, !order.isBuy {
            let closed = min(order.quantity, current)
            return -closed * unit + max(0, order.quantity - closed) * unit + commission
        }
        return order.quantity * unit + commission
    }
}

// MARK: - Prices

extension SimulatedVenue {
    /// Execution price before slippage, and its name.
    func base(_ desk: Desk, _ order: Order, _ slice: MarketSlice, _ usesOpen: Bool)
        -> (price: Double, source: EngineConfiguration.ExecutionPrice)
    {
        let rules = desk.rules
        var source = rules.price
        if order.isAtClose {
            source = .close
        } else if order.type == .marketOnOpen || order.timeInForce == .opg {
            source = .open
        } else if usesOpen {
            if let chosen = rules.openPrice {
                source = chosen
            } else {
                switch source {
                case .bid, .ask, .quoteMid, .quoteSide, .vwap: break
                case .price, .close, .open, .mid: source = .open
                }
            }
        }
        return (slice.price(source, order.instrument, isBuy: order.isBuy), source)
    }

    /// The part of the label's bar that the order lives in.
    private func bar(for order: Order, _ slice: MarketSlice) -> MatchingBar {
        let instrument = order.instrument
        let price = slice.price[instrument]
        func known(_ value: Double) -> Double { value.isFinite ? value : price }
        let bar = MatchingBar(
            open: known(slice.open[instrument]), high: known(slice.high[instrument]), low: known(slice.low[instrument]),
            close: known(slice.close[instrument]))
        // Decided at the close: the bar that led there is gone.
        if isAtClose || order.timeInForce == .cls { return bar.after(bar.close) }
        if order.timeInForce == .opg { return MatchingBar(open: bar.open, high: bar.open, low: bar.open, close: bar.open) }
        return order.wokenIndex == slice.index && !order.wokenPrice.isNaN ? bar.after(order.wokenPrice) : bar
    }

    /// Where the order fills at this label before slippage, nil when it does not. Moves trailing stops and notes triggers.
    func match(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, base: Double) -> Double? {
        let order = desk.orders[index]
        let rules = desk.rules
        switch order.type {
        case .market, .marketOnOpen, .marketOnClose:
            // A rule's price is that of its own bar; what found no volume there takes the market's.
            guard !order.ruleFillPrice.isNaN, order.createdIndex == slice.index else { return base }
            let slip = order.isBuy ? 1 + rules.stopSlippage : 1 - rules.stopSlippage
            return rules.stopSlippage > 0 ? order.ruleFillPrice * slip : order.ruleFillPrice
        case .limit: return matchLimit(&desk, index, slice, base: base)
        case .stop:
            if order.stopTriggered != nil { return base }
            let price =
                rules.judgesConditionsByPrice
                ? ((order.isBuy ? base >= order.stopPrice : base <= order.stopPrice) ? base : nil)
                : BarMatching.stop(order.stopPrice, isBuy: order.isBuy, bar(for: order, slice))
            if price != nil { trigger(&desk, index, slice) }
            return price
        case .stopLimit:
            if order.stopTriggered != nil { return matchLimit(&desk, index, slice, base: base) }
            if rules.judgesConditionsByPrice {
                guard order.isBuy ? base >= order.stopPrice : base <= order.stopPrice else { return nil }
                trigger(&desk, index, slice)
                return (order.isBuy ? base <= order.limitPrice : base >= order.limitPrice) ? base : nil
            }
            let match = BarMatching.stopLimit(
                stop: order.stopPrice, limit: order.limitPrice, isBuy: order.isBuy, bar(for: order, slice))
            if match.isTriggered { trigger(&desk, index, slice) }
            return match.price
        case .trailingStop: return order.stopTriggered != nil ? base : matchTrailing(&desk, index, slice)
        }
    }

    private func trigger(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) {
        desk.orders[index].stopTriggered = slice.time
        desk.end(index, .trigger)
    }

    private func matchLimit(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, base: Double) -> Double? {
        let order = desk.orders[index]
        if desk.rules.judgesConditionsByPrice {
            return (order.isBuy ? base <= order.limitPrice : base >= order.limitPrice) ? base : nil
        }
        let bar = bar(for: order, slice)
        if order.isPostOnly, order.firstIndex == slice.index {
            if order.isBuy ? bar.open <= order.limitPrice : bar.open >= order.limitPrice {
                desk.reject(index, .wouldTake, at: slice)
                return nil
            }
        }
        return BarMatching.limit(order.limitPrice, isBuy: order.isBuy, bar, atTouch: desk.rules.fillsLimitsAtTouch)
    }

    /// The stop trails the best price of earlier bars; the bar that fills it does not move it, unless stops move inside bars.
    private func matchTrailing(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) -> Double? {
        let bar = bar(for: desk.orders[index], slice)
        let best = desk.orders[index].isBuy ? bar.low : bar.high
        if desk.orders[index].stopPrice.isNaN {
            let start = desk.orders[index].signalPrice
            desk.orders[index].stopPrice = BarMatching.trailed(desk.orders[index], by: start.isNaN ? bar.open : start)
        }
        if desk.rules.stops.trailStopTiming == .intrabar {
            desk.orders[index].stopPrice = BarMatching.trailed(desk.orders[index], by: best)
        }
        let order = desk.orders[index]
        if let price = BarMatching.stop(order.stopPrice, isBuy: order.isBuy, bar) {
            trigger(&desk, index, slice)
            return price
        }
        desk.orders[index].stopPrice = BarMatching.trailed(order, by: best)
        return nil
    }
}

// MARK: - Fills

extension SimulatedVenue {
    func isExit(_ desk: Desk, _ index: Int) -> Bool {
        let held = desk.quantity(desk.orders[index].instrument)
        let signed = desk.orders[index].signedQuantity
        if held > 0, signed < 0 { return held + signed >= 0 }
        return held < 0 && signed > 0 && held + signed <= 0
    }

    func mark(_ desk: inout Desk, _ slice: MarketSlice, _ usesOpen: Bool) {
        var source = desk.rules.markPrice
        if usesOpen {
            switch source {
            case .bid, .ask, .quoteMid, .quoteSide, .vwap: break
            case .price, .close, .open, .mid: source = .open
            }
        }
        desk.account.mark(slice, by: source)
    }

    /// Whole shares only, where the account trades whole shares.
    func roundShares(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) -> Bool {
        guard desk.rules.usesIntegerShares else { return true }
        let whole = desk.orders[index].quantity.rounded(.towardZero)
        if whole <= 0 {
            desk.reject(index, .quantityRoundsToZero, at: slice)
            return false
        }
        desk.orders[index].quantity = whole
        return true
    }

    private func fillExit(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, _ usesOpen: Bool) {
        let base = base(desk, desk.orders[index], slice, usesOpen)
        guard base.price.isFinite, let price = match(&desk, index, slice, base: base.price) else { return }
        if constrainCover(&desk, index, price, slice) { execute(&desk, index, price, base.source, slice) }
    }

    private func fillOne(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, _ usesOpen: Bool) {
        guard !desk.orders[index].state.isTerminal else { return }
        if isExit(desk, index) {
            fillExit(&desk, index, slice, usesOpen)
            return
        }
        let base = base(desk, desk.orders[index], slice, usesOpen)
        guard base.price.isFinite, let price = match(&desk, index, slice, base: base.price) else { return }
        if desk.orders[index].isReduceOnly {
            reduceOnly(&desk, index, price, base.source, slice)
            return
        }
        let isSimple = usesOpen && usesSimpleCheck(desk, desk.orders[index])
        if isSimple, !passesSimpleCheck(&desk, index, price) {
            desk.reject(index, .insufficientCash, at: slice)
            return
        }
        guard constrainReversal(&desk, index, price, slice) else { return }
        let order = desk.orders[index]
        let isChecked = isSimple || desk.rules.skipsCashChecks
        let admission = isChecked ? .granted : admission(desk, order, units: order.quantity, price: price)
        if admission == .granted {
            execute(&desk, index, price, base.source, slice)
        } else {
            refuse(&desk, index, admission, price, base.source, slice)
        }
    }

    /// Closes what there is of the other side and drops the rest.
    private func reduceOnly(
        _ desk: inout Desk, _ index: Int, _ price: Double, _ source: EngineConfiguration.ExecutionPrice, _ slice: MarketSlice
    ) {
        let held = desk.quantity(desk.orders[index].instrument)
        guard held != 0, (held > 0) != desk.orders[index].isBuy else {
            desk.reject(index, .nothingToReduce, at: slice)
            return
        }
        desk.orders[index].quantity = min(desk.orders[index].quantity, held.magnitude)
        execute(&desk, index, price, source, slice)
    }

    func commission(_ desk: Desk, _ order: Order, units: Double, price: Double) -> Double {
        desk.rules.commission.amount(
            units: units, price: price, multiplier: desk.account.instruments[order.instrument].multiplier, order: order)
    }

    func admission(_ desk: Desk, _ order: Order, units: Double, price: Double) -> Admission {
        desk.account.admits(
            order.instrument, delta: order.isBuy ? units : -units, price: price,
            commission: commission(desk, order, units: units, price: price))
    }

    /// At the price after slippage; covering a short whose proceeds are locked costs cash too.
    private func finalAdmission(_ desk: Desk, _ order: Order, units: Double, price: Double) -> Admission {
        let admission = admission(desk, order, units: units, price: price)
        guard admission == .granted, order.isBuy, desk.account.policy.locksShorts, desk.quantity(order.instrument) < 0 else {
            return admission
        }
        var candidate = order
        candidate.quantity = units
        return affordable(desk, candidate, price) >= units ? .granted : .insufficient
    }

    /// The account cannot take the order whole.
    private func refuse(
        _ desk: inout Desk, _ index: Int, _ admission: Admission, _ price: Double,
        _ source: EngineConfiguration.ExecutionPrice, _ slice: MarketSlice
    ) {
        let rules = desk.rules
        let order = desk.orders[index]
        let mayShrink =
            rules.allowsPartialFills
            || (rules.rejectsInsufficientCash && order.rebalance != 0 && rules.usesIntegerShares)
        if admission == .insufficient, mayShrink, order.timeInForce != .fok {
            let units = affordable(desk, order, price)
            if units > 0 {
                desk.orders[index].quantity = units
                execute(&desk, index, price, source, slice)
                if desk.orders[index].state.isTerminal { return }
            }
        }
        if admission == .insufficient, !rules.rejectsInsufficientCash {
            desk.end(index, .cancel)
        } else {
            desk.reject(index, reason(desk, order, admission), at: slice)
        }
    }

    func reason(_ desk: Desk, _ order: Order, _ admission: Admission) -> RejectionReason {
        if admission == .restricted { return .accountRestriction }
        return desk.account.policy.allowsLeverage ? .insufficientBuyingPower : .insufficientCash
    }

    /// The most units that the account admits at the price.
    func affordable(_ desk: Desk, _ order: Order, _ price: Double) -> Double {
        func fits(_ units: Double) -> Bool { admission(desk, order, units: units, price: price) == .granted }
        guard price > 0 else { return 0 }
        var low = 0.0
        var high = order.quantity
        let policy = desk.account.policy
        if policy.locksShorts, policy.cashBuffer == 0, commission(desk, order, units: high, price: price) == 0 {
            let limit = min(high, desk.account.lockedLimit(order.instrument, isBuy: order.isBuy, price: price))
            return desk.rules.usesIntegerShares ? limit.rounded(.towardZero) : limit
        }
        if fits(high) { return high }
        if desk.rules.usesIntegerShares {
            high = high.rounded(.towardZero)
            while low < high {
                let middle = ((low + high + 1) / 2).rounded(.down)
                if fits(middle) { low = middle } else { high = middle - 1 }
            }
            return low
        }
        for _ in 0..<64 {
            let middle = (low + high) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        return max(0, low - (policy.locksShorts ? 0 : AccountPolicy.cashTolerance) / price)
    }

    /// Where proceeds of shorts are locked, covering costs cash that must be there.
    func constrainCover(_ desk: inout Desk, _ index: Int, _ price: Double, _ slice: MarketSlice) -> Bool {
        let order = desk.orders[index]
        guard order.isBuy, desk.account.policy.locksShorts, desk.quantity(order.instrument) < 0 else { return true }
        return shrink(&desk, index, price, slice)
    }

    private func constrainReversal(_ desk: inout Desk, _ index: Int, _ price: Double, _ slice: MarketSlice) -> Bool {
        let order = desk.orders[index]
        let held = desk.quantity(order.instrument)
        guard desk.account.policy.shortCash == .lockNotional, order.isBuy ? held < 0 : held > 0 else { return true }
        return shrink(&desk, index, price, slice)
    }

    private func shrink(_ desk: inout Desk, _ index: Int, _ price: Double, _ slice: MarketSlice) -> Bool {
        let units = affordable(desk, desk.orders[index], price)
        if units >= desk.orders[index].quantity { return true }
        guard units > 0, desk.rules.allowsPartialFills else {
            desk.reject(index, .insufficientCash, at: slice)
            return false
        }
        desk.orders[index].quantity = units
        return true
    }

    /// Fills the order at a price before slippage, as far as volume and cash go.
    func execute(
        _ desk: inout Desk, _ index: Int, _ base: Double, _ source: EngineConfiguration.ExecutionPrice, _ slice: MarketSlice
    ) {
        let order = desk.orders[index]
        let capacity = desk.capacity(order.instrument, slice)
        var units = min(order.quantity, capacity)
        if desk.rules.usesIntegerShares { units = units.rounded(.towardZero) }
        if order.timeInForce == .fok, units < order.quantity {
            desk.reject(index, .notFillable, at: slice)
            return
        }
        guard units > Quantities.zeroTolerance(units), var priced = price(&desk, order, units, base, slice) else { return }
        if !desk.rules.skipsCashChecks, priced.price != base {
            let final = finalAdmission(desk, order, units: units, price: priced.price)
            if final != .granted {
                guard final == .insufficient, desk.rules.allowsPartialFills,
                    let less = affordable(&desk, order, units, base, slice)
                else {
                    if desk.rules.rejectsInsufficientCash {
                        desk.reject(index, reason(desk, order, final), at: slice)
                    } else {
                        desk.end(index, .cancel)
                    }
                    return
                }
                units = less.units
                priced = less.priced
                desk.orders[index].quantity = units
            }
        }
        let fill = Desk.Execution(
            quantity: units, price: priced.price, reference: base, halfSpread: priced.halfSpread, slippage: priced.slippage,
            commission: commission(desk, order, units: units, price: priced.price), source: source,
            isAtOpen: !isAtClose && base == slice.open[order.instrument] && (order.type.isConditional || source == .open))
        desk.book(index, fill, at: slice)
    }

    /// Slippage, impact and the tick grid. A limit order pays its limit or better and nothing beyond.
    private func price(
        _ desk: inout Desk, _ order: Order, _ units: Double, _ base: Double, _ slice: MarketSlice
    ) -> PriceImpact.Price? {
        if order.type == .limit || (order.type == .stopLimit) {
            return PriceImpact.Price(price: base, halfSpread: 0, slippage: 0)
        }
        let instrument = order.instrument
        return desk.rules.impact.price(
            base: base, units: units, isBuy: order.isBuy, instrument: instrument,
            available: slice.availableSize(instrument, isBuy: order.isBuy), volume: slice.volume[instrument],
            consumed: desk.rules.impact.countsVolume ? desk.taken(instrument, slice) : 0, tick: desk.rules.tickSizes[instrument])
    }

    /// The most units that the account admits at the price that they would then pay.
    private func affordable(
        _ desk: inout Desk, _ order: Order, _ upper: Double, _ base: Double, _ slice: MarketSlice
    ) -> (units: Double, priced: PriceImpact.Price)? {
        var low = 0.0
        var high = upper
        let isWhole = desk.rules.usesIntegerShares
        for _ in 0..<64 where isWhole ? low < high : true {
            let middle = isWhole ? ((low + high + 1) / 2).rounded(.down) : (low + high) / 2
            let fits = price(&desk, order, middle, base, slice).map {
                finalAdmission(desk, order, units: middle, price: $0.price)
            }
            if fits == .granted { low = middle } else { high = isWhole ? middle - 1 : middle }
        }
        if !isWhole, let priced = price(&desk, order, low, base, slice) {
            let tolerance = desk.account.policy.shortCash == .lockNotional ? 0 : AccountPolicy.cashTolerance
            low -= (tolerance + 1e-8) / (priced.price * desk.account.instruments[order.instrument].multiplier)
        }
        guard low > 0, let priced = price(&desk, order, low, base, slice) else { return nil }
        return (low, priced)
    }
}
