extension AccountState {
    /// The account after each bar: as recorded, else from the fills until then.
    ///
    /// Cash is then the equity less what the positions are worth, where that is certain: with positions on one side gross and
    /// net exposure are equal in size and follow from the cash that the fills left. With positions on both sides the gross
    /// exposure takes each at the price of its last fill.
    public static func afterBars(
        _ equity: [EquityPoint], fills: [FillRecord], initialCapital: Double
    ) -> [AccountState] {
        var held: [String: (quantity: Double, price: Double, multiplier: Double)] = [:]
        var cash = initialCapital
        var next = 0
        return equity.map { point in
            while next < fills.count, fills[next].time <= point.timestamp {
                let fill = fills[next]
                let quantity = (held[fill.asset]?.quantity ?? 0) + fill.signedQuantity
                held[fill.asset] = abs(quantity) < 1e-9 ? nil : (quantity, fill.price, fill.multiplier * fill.rate)
                cash -= fill.signedQuantity * fill.price * fill.multiplier * fill.rate + fill.commission
                next += 1
            }
            if let account = point.account { return account }
            let net = held.isEmpty ? 0 : point.equity - cash
            let sides = Set(held.values.map { $0.quantity > 0 })
            // Sorted, since a sum depends on its order.
            let gross = held.values.map { abs($0.quantity * $0.price * $0.multiplier) }.sorted().reduce(0, +)
            return AccountState(
                cash: point.equity - net, grossExposure: sides.count > 1 ? max(gross, abs(net)) : abs(net), netExposure: net,
                openPositions: Int32(held.count))
        }
    }
}

extension [EquityPoint] {
    /// The same points, each with its account: as recorded, else from the fills until then.
    public func withAccounts(_ fills: [FillRecord], initialCapital: Double) -> [EquityPoint] {
        if allSatisfy({ $0.account != nil }) { return self }
        return zip(self, AccountState.afterBars(self, fills: fills, initialCapital: initialCapital)).map { point, account in
            var point = point
            point.account = account
            return point
        }
    }
}
