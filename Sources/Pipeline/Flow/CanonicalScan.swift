import Lake
import Market
import OrderFlow
import Primitives

/// Reads canonical files of trades or quotes as the aggregators take them: by time, each file in its own order, equal times in
/// the order of the files.
struct CanonicalScan<Record: CanonicalRecord>: TickSource {
    struct File {
        let path: String
        /// The earliest and latest time.
        let first: UnixNanos
        let last: UnixNanos
    }

    let instruments: [FlowInstrument]
    private let database: Database
    private let files: [File]
    private let form: RecordForm

    /// One file.
    init(file: String) throws { try self.init([File(path: file, first: UnixNanos(.min), last: UnixNanos(.max))]) }

    /// - Parameter files: in the order of their first times.
    init(_ files: [File]) throws {
        self.files = files
        database = try Database(.memory, settings: Database.Settings(threads: 1))
        let connection = try database.connect()
        var pairs: [(id: UInt32, symbol: String)] = []
        for file in files {
            let rows = try connection.query(
                "select distinct instrument_id::bigint, symbol from read_parquet(?) order by 1, 2", [.text(file.path)])
            for row in rows.rows {
                guard case .int(let id) = row[0], case .text(let symbol) = row[1] else { continue }
                if !pairs.contains(where: { $0.id == UInt32(id) && $0.symbol == symbol }) { pairs.append((UInt32(id), symbol)) }
            }
        }
        // Ids are numbered anew where one of them stood for several symbols.
        if Set(pairs.map(\.id)).count == pairs.count {
            instruments = pairs.map { FlowInstrument(id: $0.id, symbol: $0.symbol) }
            form = RecordForm(renumbered: [:])
        } else {
            instruments = Set(pairs.map(\.symbol)).sorted().enumerated().map {
                FlowInstrument(id: UInt32($0.offset), symbol: $0.element)
            }
            form = RecordForm(
                renumbered: Dictionary(instruments.map { ($0.symbol, $0.id) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    func forEachBlock(_ body: (UnsafeBufferPointer<Record>) throws -> Void) throws {
        var open: [(rank: Int, cursor: RecordCursor<Record>)] = []
        var next = 0
        while true {
            // Only files that hold records of the present time are open.
            try open.removeAll { try $0.cursor.ahead().isEmpty }
            var best = try Self.earliest(open)
            while next < files.count, best.map({ $0.time >= files[next].first }) ?? true {
                let cursor = try RecordCursor<Record>(files[next].path, try database.connect(), form)
                if try !cursor.ahead().isEmpty { open.append((next, cursor)) }
                next += 1
                best = try Self.earliest(open)
            }
            guard let best else { return }
            let ahead = try open[best.index].cursor.ahead()
            let count = try Self.run(
                ahead, rank: open[best.index].rank, open, before: next < files.count ? files[next].first : nil)
            try body(UnsafeBufferPointer(rebasing: ahead[..<count]))
            open[best.index].cursor.take(count)
        }
    }

    /// Which open file has the next record: the earliest, of equal ones that of the first file.
    private static func earliest(_ open: [(rank: Int, cursor: RecordCursor<Record>)]) throws -> (index: Int, time: UnixNanos)? {
        var best: (index: Int, time: UnixNanos)?
        for index in open.indices {
            guard let time = try open[index].cursor.ahead().first?.time else { continue }
            if best.map({ time < $0.time }) ?? true { best = (index, time) }
        }
        return best
    }

    /// How many of a file's records come before those of all others.
    private static func run(
        _ ahead: UnsafeBufferPointer<Record>, rank: Int, _ open: [(rank: Int, cursor: RecordCursor<Record>)],
        before limit: UnixNanos?
    ) throws -> Int {
        // The first time that this file may not reach.
        var end = limit?.rawValue ?? .max
        for other in open where other.rank != rank {
            guard let time = try other.cursor.ahead().first?.time.rawValue else { continue }
            end = min(end, other.rank > rank && time < .max ? time + 1 : time)
        }
        if end == .max { return ahead.count }
        var count = 1
        while count < ahead.count, ahead[count].time.rawValue < end { count += 1 }
        return count
    }
}
