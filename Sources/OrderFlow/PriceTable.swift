/// Volume and trades at one price. `price == PriceTable.free` marks an unused slot.
struct PriceSlot {
    var price: Int64
    var buy: Int64
    var sell: Int64
    var unknown: Int64
    var count: Int64
}

/// An open-addressing table from price to volume, at most half full, that grows by doubling.
struct PriceTable {
    /// DBN's undefined price, which never enters.
    static let free = Int64.max

    private(set) var slots: UnsafeMutablePointer<PriceSlot>
    /// 64 - log2(capacity): the hash is the product's top bits.
    private(set) var shift: UInt64
    private var used: UnsafeMutablePointer<Int64>
    private(set) var count = 0

    private var capacity: Int { 1 << (64 - Int(shift)) }

    init(logCapacity: UInt64 = 8) {
        shift = 64 - logCapacity
        let capacity = 1 << Int(logCapacity)
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: PriceSlot(price: Self.free, buy: 0, sell: 0, unknown: 0, count: 0), count: capacity)
        used = .allocate(capacity: capacity)
    }

    func deallocate() {
        slots.deallocate()
        used.deallocate()
    }

    @inline(__always) static func home(_ price: Int64, shift: UInt64) -> Int {
        Int(truncatingIfNeeded: (UInt64(bitPattern: price) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }

    /// The slot of a price whose home slot holds another; inserts it and may move every slot.
    @inline(never) mutating func slot(for price: Int64) -> UnsafeMutablePointer<PriceSlot> {
        let mask = capacity - 1
        var index = Self.home(price, shift: shift)
        while slots[index].price != Self.free {
            if slots[index].price == price { return slots + index }
            index = (index + 1) & mask
        }
        if count >= capacity / 2 {
            grow()
            return slot(for: price)
        }
        used[count] = price
        count += 1
        slots[index] = PriceSlot(price: price, buy: 0, sell: 0, unknown: 0, count: 0)
        return slots + index
    }

    private mutating func grow() {
        let old = self
        self = PriceTable(logCapacity: 64 - old.shift + 1)
        for position in 0..<old.count {
            let from = old.find(old.used[position])
            let to = slot(for: old.used[position])
            to.pointee = from.pointee
        }
        old.deallocate()
    }

    private func find(_ price: Int64) -> UnsafeMutablePointer<PriceSlot> {
        let mask = capacity - 1
        var index = Self.home(price, shift: shift)
        while slots[index].price != price { index = (index + 1) & mask }
        return slots + index
    }

    /// The prices in the table, ascending.
    var sortedPrices: UnsafeBufferPointer<Int64> {
        mutating get {
            // Insertion sort: a bucket holds few prices, mostly met in near order. Many are sorted by the library.
            if count > 64 {
                var prices = UnsafeMutableBufferPointer(start: used, count: count)
                prices.sort()
                return UnsafeBufferPointer(prices)
            }
            for position in 1..<max(count, 1) {
                let price = used[position]
                var hole = position
                while hole > 0, used[hole - 1] > price {
                    used[hole] = used[hole - 1]
                    hole -= 1
                }
                used[hole] = price
            }
            return UnsafeBufferPointer(start: used, count: count)
        }
    }

    /// The slot of a price that is in the table.
    subscript(price: Int64) -> PriceSlot { find(price).pointee }

    mutating func removeAll() {
        if count * 4 >= capacity {
            slots.update(repeating: PriceSlot(price: Self.free, buy: 0, sell: 0, unknown: 0, count: 0), count: capacity)
        } else {
            // All positions first: freeing a slot cuts the probe sequences of the others.
            for position in 0..<count { used[position] = Int64(find(used[position]) - slots) }
            for position in 0..<count { slots[Int(used[position])].price = Self.free }
        }
        count = 0
    }
}
