public import Contracts
import Lake
public import Market
import Primitives

/// Reads a price file and a signal file in long form, sorted by time, into panels of bounded size.
///
/// The time axis is that of both files. A signal for an asset that has no bar at that time means nothing, as in ML4T; such
/// rows are counted.
public final class PanelReader {
    /// Every asset of the price file, sorted by its UTF-8 bytes.
    public let assets: [String]
    /// Rows of the two files.
    public let priceRows: Int
    public let signalRows: Int
    /// Signal rows for assets and times without a bar, so far.
    public var ignoredSignalRows: Int { (signals?.ignoredRows ?? 0) + signalsWithoutBar }

    private let prices: PanelLane
    private let signals: PanelLane?
    private let priceColumns: [(column: PriceColumn, index: Int)]
    /// By `PriceColumn`.
    private let priceNames: [String]
    private let flagColumns: [(flag: UInt8, index: Int)]
    private let contextColumns: [(name: String, index: Int)]
    private let capacity: Int
    private var signalsWithoutBar = 0
    private var last = Int64.min
    private var bars: BarPanel
    private var panel: SignalPanel

    /// Marks a cell that a signal row was placed in; never handed out.
    static let seen: UInt8 = 128
    /// Values of a column in one panel, about.
    private static let panelCells = 1 << 16

    /// - Parameters:
    ///   - signals: nil where something else makes the orders; then no flag is ever set.
    ///   - asset: the name of the only asset of files without an asset column.
    /// - Throws: `ApusError` `file.read`, `parquet.read`, `parquet.type`, `data.column`, `data.asset`, `data.empty`.
    public init(
        prices pricePath: String, signals signalPath: String?, feed: EngineConfiguration.Feed, strategy: SignalStrategySpec,
        asset: String = "asset"
    ) throws {
        let source = try ScanSource(pricePath)
        let names = source.columnNames
        let found = PriceColumn.allCases.compactMap { column in column.name(in: feed, of: names).map { (column, $0) } }
        let columns = try PanelColumns(source, feed, found.map { ($0.1.name, $0.1.key, .number) })
        priceRows = source.rowCount
        guard priceRows > 0 else { throw ApusError("data.empty", "the file has no rows", context: ["file": pricePath]) }
        priceNames = PriceColumn.allCases.map { $0.name(in: feed, of: names)?.name ?? "" }
        priceColumns = found.enumerated().map { ($0.element.0, columns.index($0.offset)) }
        assets = try columns.assetColumn.map { try Self.assets(source, $0) } ?? [asset]
        prices = PanelLane(
            path: pricePath, scan: try source.scan(columns.requests),
            assets: columns.assetColumn.map { [assets] _ in AssetMap(assets) })
        capacity = max(1, Self.panelCells / assets.count)
        if let signalPath {
            let source = try ScanSource(signalPath)
            let wanted = SignalColumns(strategy, names: source.columnNames)
            let columns = try PanelColumns(source, feed, wanted.values)
            guard columns.assetColumn != nil || assets.count == 1 else {
                throw ApusError(
                    "data.column", "the file names no asset and the prices have several",
                    context: ["file": signalPath, "columns": source.columnNames.joined(separator: ", ")])
            }
            signals = PanelLane(
                path: signalPath, scan: try source.scan(columns.requests),
                assets: columns.assetColumn.map { [assets] _ in AssetMap(assets) })
            signalRows = source.rowCount
            flagColumns = wanted.flags.enumerated().map { ($0.element.flag.rawValue, columns.index($0.offset)) }
            contextColumns = wanted.context.enumerated().map { ($0.element, columns.index(wanted.flags.count + $0.offset)) }
        } else {
            (signals, signalRows, flagColumns, contextColumns) = (nil, 0, [], [])
        }
        bars = BarPanel(assets: assets, times: [], open: [], high: [], low: [], close: [], volume: [])
        panel = SignalPanel(flags: [])
    }

    /// Hands the next panel to `body`; false after the last. Both end after `body`: the next reuses their memory.
    /// - Throws: `ApusError` `data.order`, `data.duplicate`, `data.price`, `data.bar`, `data.quote`, `data.timestamp`,
    ///   `data.asset` naming file, row and time, and what `body` throws.
    public func next(_ body: (BarPanel, SignalPanel) throws -> Void) throws -> Bool {
        clear()
        // The array is moved out and back, so that it is changed in place.
        var times: [UnixNanos] = []
        swap(&times, &bars.times)
        times.removeAll(keepingCapacity: true)
        while times.count < capacity {
            if prices.isSpent { try reload(prices) }
            if let signals, signals.isSpent { try reload(signals) }
            let price = prices.upcoming
            let signal = signals?.upcoming ?? PanelLane.ended
            let time = min(price, signal)
            if time == PanelLane.ended { break }
            guard time > last else { throw (price == time ? prices : signals ?? prices).disorder() }
            let base = Int32(truncatingIfNeeded: times.count * assets.count)
            times.append(UnixNanos(time))
            if price == time { try take(prices, base: base) }
            if signal == time, let signals { try take(signals, base: base) }
            last = time
        }
        bars.times = times
        guard !times.isEmpty else { return false }
        bars.following = try following()
        try place(prices)
        if let signals { try place(signals) }
        trim()
        dropSignalsWithoutBar()
        try body(bars, panel)
        return true
    }

    /// The time of the next row of either file, not yet checked; nil after the last.
    private func following() throws -> UnixNanos? {
        var next = PanelLane.ended
        for lane in [prices, signals].compactMap({ $0 }) {
            if lane.isSpent { try reload(lane) }
            next = min(next, lane.upcoming)
        }
        return next == PanelLane.ended ? nil : UnixNanos(next)
    }

    /// The assets that rows of the file name.
    private static func assets(_ source: ScanSource, _ column: String) throws -> [String] {
        let scan = try source.scan([(column, .text)])
        var isUsed: [Bool] = []
        while try scan.next() {
            for ordinal in scan.ordinals(0) where ordinal != UInt64(ColumnScan.nullText) {
                while isUsed.count <= ordinal { isUsed.append(false) }
                isUsed[Int(ordinal)] = true
            }
        }
        let used = zip(scan.labels(0), isUsed).filter { $1 }.map { $0.0 }
        guard !used.isEmpty else {
            throw ApusError("data.asset", "every asset is null", context: ["file": source.path, "column": column])
        }
        return used.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

// MARK: Filling a panel

extension PanelReader {
    /// All rows of the lane's upcoming time, also where they go on in the next batch.
    @inline(__always)
    private func take(_ lane: PanelLane, base: Int32) throws {
        let time = lane.upcoming
        lane.take(base: base)
        while lane.isSpent {
            try reload(lane)
            if lane.upcoming == time { lane.take(base: base) }
        }
    }

    private func reload(_ lane: PanelLane) throws {
        try place(lane)
        try lane.load()
    }

    private func place(_ lane: PanelLane) throws {
        let rows = lane.placed()
        if rows.isEmpty { return }
        if lane === prices { try placePrices(rows) } else { try placeSignals(rows) }
    }

    private func clear() {
        let cells = capacity * assets.count
        func reset(_ values: inout [Double], to value: Double) {
            if values.count == cells {
                values.withUnsafeMutableBufferPointer { $0.update(repeating: value) }
            } else {
                values = [Double](repeating: value, count: cells)
            }
        }
        for (column, _) in priceColumns { column.modify(&bars) { reset(&$0, to: .nan) } }
        if bars.volume.isEmpty || !priceColumns.contains(where: { $0.column == .volume }) { reset(&bars.volume, to: 0) }
        if panel.flags.count == cells {
            panel.flags.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        } else {
            panel.flags = [UInt8](repeating: 0, count: cells)
        }
        for (name, _) in contextColumns { reset(&panel.context[name, default: []], to: .nan) }
    }

    /// The last panel is shorter.
    private func trim() {
        let extra = capacity * assets.count - bars.times.count * assets.count
        guard extra > 0 else { return }
        for (column, _) in priceColumns { column.modify(&bars) { $0.removeLast(extra) } }
        if !priceColumns.contains(where: { $0.column == .volume }) { bars.volume.removeLast(extra) }
        panel.flags.removeLast(extra)
        for (name, _) in contextColumns { panel.context[name]?.removeLast(extra) }
    }

    private func placePrices(_ rows: Range<Int>) throws {
        guard let first = rows.first else { return }
        let cells = prices.cells
        for index in rows where cells[index] == PanelLane.nowhere {
            throw prices.error("data.asset", "the asset was not in the file before", at: index)
        }
        // A full table in the order of the assets goes from place to place without gaps.
        var isRun = true
        for index in rows.dropFirst() where cells[index] != cells[index - 1] + 1 {
            isRun = false
            break
        }
        for (column, index) in priceColumns {
            let source = prices.scan.numbers(index)
            try check(source, rows, column)
            try column.modify(&bars) { values in
                try values.withUnsafeMutableBufferPointer { target in
                    if column == .close { try refuseDuplicates(target, rows) }
                    if isRun, !column.isOptional, column != .volume, let base = source.baseAddress, let into = target.baseAddress
                    {
                        (into + Int(cells[first])).update(from: base + first, count: rows.count)
                    } else {
                        let isVolume = column == .volume
                        for row in rows {
                            let value = source[row]
                            target[Int(cells[row])] = isVolume && value.isNaN ? 0 : value
                        }
                    }
                }
            }
        }
        try checkTogether(rows)
    }

    /// Refuses bars that cannot be, and quotes whose sides are crossed.
    private func checkTogether(_ rows: Range<Int>) throws {
        func values(_ column: PriceColumn) -> UnsafeBufferPointer<Double>? {
            priceColumns.first { $0.column == column }.map { prices.scan.numbers($0.index) }
        }
        if let open = values(.open), let high = values(.high), let low = values(.low), let close = values(.close),
            let (row, column, problem) = BarRules.contradiction(open: open, high: high, low: low, close: close, rows: rows)
        {
            throw prices.error(
                "data.bar", "\(problem): open \(open[row]), high \(high[row]), low \(low[row]), close \(close[row])", at: row,
                column: priceNames[column.rawValue])
        }
        guard let bid = values(.bid), let ask = values(.ask) else { return }
        for row in rows where bid[row] > ask[row] {
            throw prices.error(
                "data.quote", "the bid \(bid[row]) is above the ask \(ask[row])", at: row,
                column: priceNames[PriceColumn.bid.rawValue])
        }
    }

    /// A cell is filled once. Places the closes one by one to notice two rows for one cell within the batch too.
    private func refuseDuplicates(_ target: UnsafeMutableBufferPointer<Double>, _ rows: Range<Int>) throws {
        let cells = prices.cells
        for row in rows {
            guard target[Int(cells[row])].isNaN else {
                throw prices.error("data.duplicate", "a second row for the same timestamp and asset", at: row)
            }
            target[Int(cells[row])] = 0
        }
    }

    private func check(_ values: UnsafeBufferPointer<Double>, _ rows: Range<Int>, _ column: PriceColumn) throws {
        // An exponent of all ones, that of NaN and the infinities, overflows into the sign bit. A volume's own sign counts too.
        let exponent = Double.infinity.bitPattern, one = Double.leastNormalMagnitude.bitPattern
        let mask = column == .volume ? exponent | 1 << 63 : exponent
        var suspicious: UInt64 = 0
        for row in rows {
            let bits = values[row].bitPattern
            suspicious |= (bits & exponent) &+ one | bits & mask & 1 << 63
        }
        guard suspicious >> 63 == 1 else { return }
        for row in rows {
            let value = values[row]
            let isNull = value.bitPattern == ColumnScan.nullNumber.bitPattern
            if value.isFinite, column != .volume || value >= 0 { continue }
            if isNull, column.isOptional || column == .volume { continue }
            if value.isNaN, column.isOptional { continue }
            let problem = isNull ? "the value is null" : value.isFinite ? "the volume is negative" : "the value is not finite"
            throw prices.error("data.price", problem, at: row, column: priceNames[column.rawValue])
        }
    }

    private func placeSignals(_ rows: Range<Int>) throws {
        guard let signals else { return }
        let cells = signals.cells
        try panel.flags.withUnsafeMutableBufferPointer { flags in
            for row in rows where cells[row] != PanelLane.nowhere {
                let cell = Int(cells[row])
                guard flags[cell] & Self.seen == 0 else {
                    throw signals.error("data.duplicate", "a second row for the same timestamp and asset", at: row)
                }
                flags[cell] |= Self.seen
            }
            for (flag, index) in flagColumns {
                let source = signals.scan.flags(index)
                for row in rows where source[row] != 0 && cells[row] != PanelLane.nowhere { flags[Int(cells[row])] |= flag }
            }
        }
        for (name, index) in contextColumns {
            let source = signals.scan.numbers(index)
            panel.context[name]?.withUnsafeMutableBufferPointer { target in
                for row in rows where cells[row] != PanelLane.nowhere { target[Int(cells[row])] = source[row] }
            }
        }
    }

    private func dropSignalsWithoutBar() {
        let closes = bars.close
        var dropped = 0
        panel.flags.withUnsafeMutableBufferPointer { flags in
            for cell in flags.indices {
                if closes[cell].isNaN, flags[cell] != 0 {
                    flags[cell] = 0
                    dropped += 1
                } else {
                    flags[cell] &= ~Self.seen
                }
            }
        }
        signalsWithoutBar += dropped
    }
}

extension PriceColumn {
    /// Optional columns are there where the feed names them.
    fileprivate func modify(_ bars: inout BarPanel, _ body: (inout [Double]) throws -> Void) rethrows {
        switch self {
        case .open: try body(&bars.open)
        case .high: try body(&bars.high)
        case .low: try body(&bars.low)
        case .close: try body(&bars.close)
        case .volume: try body(&bars.volume)
        case .price: try body(&bars.price.filled)
        case .vwap: try body(&bars.vwap.filled)
        case .bid: try body(&bars.bid.filled)
        case .ask: try body(&bars.ask.filled)
        case .mid: try body(&bars.mid.filled)
        case .bidSize: try body(&bars.bidSize.filled)
        case .askSize: try body(&bars.askSize.filled)
        }
    }
}

extension Optional where Wrapped == [Double] {
    /// Changes the array in place, without a copy.
    fileprivate var filled: [Double] {
        get { self ?? [] }
        _modify {
            var values = self ?? []
            self = nil
            defer { self = values }
            yield &values
        }
    }
}
