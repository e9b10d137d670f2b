import Market

/// The symbols of a stream in the order in which they were given or met. Ids without a given symbol get their decimal number.
struct SymbolTable {
    private(set) var names: [String] = []
    /// Symbol indices by name.
    private(set) var order: [Int] = []
    private var ofID: [UInt32: Int] = [:]
    private var ofName: [String: Int] = [:]
    private var lastID: UInt32 = 0
    private var lastIndex = -1

    init(_ instruments: [FlowInstrument]) {
        for instrument in instruments { ofID[instrument.id] = index(of: instrument.symbol) }
    }

    @inline(__always) mutating func index(_ id: UInt32) -> Int {
        id == lastID && lastIndex >= 0 ? lastIndex : select(id)
    }

    private mutating func select(_ id: UInt32) -> Int {
        let found = ofID[id] ?? index(of: String(id))
        ofID[id] = found
        lastID = id
        lastIndex = found
        return found
    }

    private mutating func index(of name: String) -> Int {
        if let known = ofName[name] { return known }
        names.append(name)
        ofName[name] = names.count - 1
        order = names.indices.sorted { Array(names[$0].utf8).lexicographicallyPrecedes(Array(names[$1].utf8)) }
        return names.count - 1
    }
}
