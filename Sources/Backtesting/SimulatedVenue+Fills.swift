import Contracts
import Engine
import Execution
import Market
import Portfolio

extension SimulatedVenue {
    func isExit(_ desk: borrowing Desk, _ index: Int) -> Bool {
        let (instrument, signed, isReduceOnly) = desk.orders.withUnsafeBufferPointer {
            ($0[index].instrument, $0[index].isBuy ? $0[index].quantity : -$0[index].quantity, $0[index].isReduceOnly)
        }
        let held = desk.quantity(instrument)
        if isReduceOnly { return held * signed < 0 }
        if held > 0, signed < 0 { return held + signed >= 0 }
        return held < 0 && signed > 0 && held + signed <= 0
    }

    func mark(_ desk: inout Desk, _ slice: MarketSlice, _ usesOpen: Bool) {
        // An event tells of one asset, and has marked it.
        if event != nil { return }
        desk.account.mark(slice, by: usesOpen ? desk.rules.markPrice.atOpen : desk.rules.markPrice)
    }

    /// Whole shares only, where the account trades whole shares.
    func roundShares(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice) -> Bool {
        guard desk.rules.usesIntegerShares else { return true }
        let quantity = desk.orders.withUnsafeBufferPointer { $0[index].quantity }
        let whole = quantity.rounded(.towardZero)
        if whole <= 0 {
            desk.reject(index, .quantityRoundsToZero, at: slice)
            return false
        }
        if whole != quantity { desk.orders[index].quantity = whole }
        return true
    }

    func fillExit(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, _ usesOpen: Bool) {
        let base = base(desk, desk.orders[index], slice, usesOpen)
        guard base.price.isFinite, let price = match(&desk, index, slice, base: base.price) else { return }
        if constrainCover(&desk, index, price, slice) { execute(&desk, index, price, base.source, slice) }
    }

    func fillOne(_ desk: inout Desk, _ index: Int, _ slice: MarketSlice, _ usesOpen: Bool) {
        guard desk.orders.withUnsafeBufferPointer({ !$0[index].state.isTerminal }) else { return }
        if isExit(desk, index) {
            fillExit(&desk, index, slice, usesOpen)
            return
        }
        let base = base(desk, desk.orders[index], slice, usesOpen)
        guard base.price.isFinite, let price = match(&desk, index, slice, base: base.price) else { return }
        if desk.orders.withUnsafeBufferPointer({ $0[index].isReduceOnly }) {
            desk.reject(index, .nothingToReduce, at: slice)
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

    func commission(_ desk: borrowing Desk, _ order: Order, units: Double, price: Double) -> Double {
        desk.rules.commission(of: order.instrument).amount(
            units: units, price: price, multiplier: desk.account.pointValues[order.instrument], order: order)
    }

    func admission(_ desk: borrowing Desk, _ order: Order, units: Double, price: Double) -> Admission {
        desk.account.admits(
            order.instrument, delta: order.isBuy ? units : -units, price: price,
            commission: commission(desk, order, units: units, price: price))
    }

    /// At the price after slippage; covering a short whose proceeds are locked costs cash too.
    func finalAdmission(_ desk: borrowing Desk, _ order: Order, units: Double, price: Double) -> Admission {
        let admission = admission(desk, order, units: units, price: price)
        guard admission == .granted, order.isBuy, desk.account.policy.locksShorts, desk.quantity(order.instrument) < 0 else {
            return admission
        }
        var candidate = order
        candidate.quantity = units
        return affordable(desk, candidate, price) >= units ? .granted : .insufficient
    }

    /// The account cannot take the order whole.
    func refuse(
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
            if units > rules.smallestOrder {
                desk.cut(index, to: units)
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

    func reason(_ desk: borrowing Desk, _ order: Order, _ admission: Admission) -> RejectionReason {
        if admission == .restricted { return .accountRestriction }
        return desk.account.policy.allowsLeverage ? .insufficientBuyingPower : .insufficientCash
    }

    /// The most units that the account admits at the price.
    func affordable(_ desk: borrowing Desk, _ order: Order, _ price: Double) -> Double {
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
        guard desk.account.policy.locksShorts, desk.orders[index].isBuy, desk.quantity(desk.orders[index].instrument) < 0 else {
            return true
        }
        return shrink(&desk, index, price, slice)
    }

    func constrainReversal(_ desk: inout Desk, _ index: Int, _ price: Double, _ slice: MarketSlice) -> Bool {
        guard desk.account.policy.shortCash == .lockNotional else { return true }
        let held = desk.quantity(desk.orders[index].instrument)
        guard desk.orders[index].isBuy ? held < 0 : held > 0 else { return true }
        return shrink(&desk, index, price, slice)
    }

    func shrink(_ desk: inout Desk, _ index: Int, _ price: Double, _ slice: MarketSlice) -> Bool {
        var order = desk.orders[index]
        order.quantity = wanted(desk, order)
        let units = affordable(desk, order, price)
        if units >= order.quantity { return true }
        guard units > desk.rules.smallestOrder, desk.rules.allowsPartialFills else {
            desk.reject(index, .insufficientCash, at: slice)
            return false
        }
        desk.cut(index, to: units)
        return true
    }

    /// What the order would fill: at most what is held where it only reduces.
    private func wanted(_ desk: borrowing Desk, _ order: Order) -> Double {
        order.isReduceOnly ? min(order.quantity, desk.quantity(order.instrument).magnitude) : order.quantity
    }

    /// Fills the order at a price before slippage, as far as volume and cash go.
    func execute(
        _ desk: inout Desk, _ index: Int, _ base: Double, _ source: EngineConfiguration.ExecutionPrice, _ slice: MarketSlice
    ) {
        let order = desk.orders[index]
        let capacity = isTick ? tickCapacity(desk, index) : desk.capacity(order.instrument, slice)
        let wanted = wanted(desk, order)
        var units = min(wanted, capacity)
        if desk.rules.usesIntegerShares { units = units.rounded(.towardZero) }
        if order.timeInForce == .fok, units < wanted {
            // A later event of the bar may have enough.
            if event == nil { desk.reject(index, .notFillable, at: slice) }
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
                desk.cut(index, to: units)
            }
        }
        let fill = Desk.Execution(
            quantity: units, price: priced.price, reference: base, halfSpread: priced.halfSpread, slippage: priced.slippage,
            commission: commission(desk, order, units: units, price: priced.price), source: source,
            isAtOpen: isAtOpen(desk.rules, order, base, source, slice))
        desk.book(index, fill, at: slice)
        if isTick { noteTick(desk, order, index, units) }
    }

    /// The bar's first price, taken before anything else of the bar.
    private func isAtOpen(
        _ rules: DeskRules, _ order: Order, _ price: Double, _ source: EngineConfiguration.ExecutionPrice, _ slice: MarketSlice
    ) -> Bool {
        guard !isAtClose, !order.isWokenInside(slice.index), price == slice.open[order.instrument] else { return false }
        // Another price may be equal to the open by chance.
        let seesBar = order.type == .trailingStop || (order.type.isConditional && !rules.judgesConditionsByPrice)
        return seesBar || source == .open
    }

    /// Slippage, impact and the tick grid. A limit order pays its limit or better and nothing beyond.
    func price(
        _ desk: inout Desk, _ order: Order, _ units: Double, _ base: Double, _ slice: MarketSlice
    ) -> PriceImpact.Price? {
        if order.type == .limit || (order.type == .stopLimit) {
            return PriceImpact.Price(price: base, halfSpread: 0, slippage: 0)
        }
        let instrument = order.instrument
        return desk.rules.impact(of: instrument).price(
            base: base, units: units, isBuy: order.isBuy, instrument: instrument,
            available: slice.availableSize(instrument, isBuy: order.isBuy), volume: slice.volume[instrument],
            consumed: desk.rules.impact.countsVolume ? desk.taken(instrument, slice) : 0, tick: desk.rules.tickSizes[instrument])
    }

    /// The most units that the account admits at the price that they would then pay.
    func affordable(
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
            low -= (tolerance + 1e-8) / (priced.price * desk.account.pointValues[order.instrument])
        }
        guard low > desk.rules.smallestOrder, let priced = price(&desk, order, low, base, slice) else { return nil }
        return (low, priced)
    }
}
