/// The rows of delimited text, one after the other, as ranges of its bytes: no text is made of a cell until somebody asks for it,
/// and only a window of the file is held.
///
/// The form is that of RFC 4180: a header, quoted cells with doubled quotes, commas and line ends in them; lines end with LF,
/// CRLF or CR, the last one also with the text. A byte order mark and blank lines are passed over. Where the header has no comma
/// outside of quotes, but semicolons or tabs, these are what separates cells.
///
///     var rows = try DelimitedRows(file: "bars.csv")
///     while try rows.next() { let price = Double(decimal: rows[2]) }
public struct DelimitedRows: ~Copyable {
    private struct Cell {
        enum Form { case plain, quoted, doubledQuotes }

        let start: Int
        let end: Int
        let form: Form
    }

    private let file: String
    private let read: (UnsafeMutableBufferPointer<UInt8>) throws -> Int
    /// What was read and not yet passed: from `position` to `end`.
    private var window: Window<UInt8>
    private var position = 0
    private var end = 0
    /// Nothing follows `end`.
    private var isWhole = false
    private var delimiter = UInt8(ascii: ",")
    /// The bytes that end a plain cell.
    private var stops = ByteSet([])
    /// Of the present row, the first `count` of them.
    private var cells = Window<Cell>(16)
    private var count = 0
    private var nextLine = 1
    /// Names of the columns; none but the empty one occurs twice.
    public private(set) var header: [String] = []
    /// The line on which the present row begins, counted from 1.
    public private(set) var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// Opens a file and reads its header.
    /// - Parameter window: how many bytes are held at first; more where a row is longer.
    /// - Throws: `ApusError` `file.read`, `csv.*` naming file and line.
    public init(file: String, window: Int = 1 << 18) throws {
        let stream = try FileStream(file)
        try self.init(file, window) { try stream.read(into: $0) }
    }

    /// The same for a text in memory.
    /// - Parameter file: for messages.
    public init(bytes: [UInt8], file: String, window: Int = 1 << 18) throws {
        var rest = bytes[...]
        try self.init(file, window) { room in
            let part = rest.prefix(room.count)
            _ = room.update(fromContentsOf: part)
            rest = rest.dropFirst(part.count)
            return part.count
        }
    }

    private init(_ file: String, _ window: Int, _ read: @escaping (UnsafeMutableBufferPointer<UInt8>) throws -> Int) throws {
        self.file = file
        self.read = read
        self.window = Window(max(window, 1))
        while end < 3, !isWhole { try refill() }
        let beginning = UnsafeBufferPointer(start: self.window.base, count: end)
        if beginning.starts(with: [0xFF, 0xFE]) || beginning.starts(with: [0xFE, 0xFF]) {
            throw ApusError("csv.utf8", "the text is UTF-16; save it as UTF-8", context: ["file": file])
        }
        if beginning.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        delimiter = try findDelimiter()
        stops = ByteSet([delimiter, Self.quote, Self.lineFeed, Self.carriageReturn])
        guard try advance() else { throw ApusError("csv.empty", "the file has no header", context: ["file": file]) }
        header = try (0..<count).map { try text($0) }
        var names: Set<String> = []
        if let repeated = header.first(where: { !$0.isEmpty && !names.insert($0).inserted }) {
            throw failure("csv.header", "column \"\(repeated)\" appears twice")
        }
    }

    /// Goes to the next row.
    /// - Returns: false where there is none.
    /// - Throws: `ApusError` `file.read`, `csv.quote`, `csv.fields` naming file and line.
    public mutating func next() throws -> Bool {
        guard try advance() else { return false }
        guard count == header.count else {
            throw failure("csv.fields", "the row has \(count) fields, the header \(header.count)")
        }
        return true
    }

    /// The bytes of a cell of the present row, without its quotes; they are gone with the next row. Doubled quotes inside of it
    /// are still doubled.
    public subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(index < count, "a row has as many cells as the header")
        let cell = cells.base[index]
        return UnsafeBufferPointer(start: window.base + cell.start, count: cell.end - cell.start)
    }

    /// The same as `Double(decimal:)` of a cell.
    public func number(_ index: Int) -> Double? { Double(decimal: self[index]) }

    /// - Throws: `ApusError` `csv.utf8`.
    public func text(_ index: Int) throws -> String {
        guard let text = String(validating: self[index], as: UTF8.self) else {
            throw failure("csv.utf8", "the text is not UTF-8")
        }
        guard cells.base[index].form == .doubledQuotes else { return text }
        var isSecond = false
        let kept = text.utf8.filter { byte in
            isSecond = byte == Self.quote && !isSecond
            return !isSecond
        }
        return String(decoding: kept, as: UTF8.self)
    }

    private func failure(_ code: String, _ message: String, linesOn: Int = 0) -> ApusError {
        ApusError(code, message, context: ["file": file, "line": "\(line + linesOn)"])
    }

    /// Goes to the next row that is not blank.
    private mutating func advance() throws -> Bool {
        while true {
            guard position < end, try scan() else {
                if isWhole { return false }
                try refill()
                continue
            }
            if count > 1 || cells.base[0].form != .plain || !self[0].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return true }
        }
    }

    /// Reads on; what is left of the window moves to its beginning.
    private mutating func refill() throws {
        let rest = end - position
        if rest == window.capacity {
            window = window.grown(keeping: end)
        } else {
            window.base.update(from: window.base + position, count: rest)
            (position, end) = (0, rest)
        }
        let added = try read(UnsafeMutableBufferPointer(start: window.base + end, count: window.capacity - end))
        end += added
        isWhole = added == 0
    }

    /// Finds the cells of one line.
    /// - Returns: false, with nothing passed, where the window ends before the line.
    private mutating func scan() throws -> Bool {
        let bytes = window.base
        var at = position
        var lines = 0
        count = 0
        line = nextLine
        while true {
            if at < end, bytes[at] == Self.quote {
                guard let next = try scanQuoted(at + 1, &lines) else { return false }
                at = next
            } else {
                let start = at
                at = stops.first(in: bytes, from: at, to: end)
                add(Cell(start: start, end: at, form: .plain))
            }
            guard at < end else {
                guard isWhole else { return false }
                position = at
                return true
            }
            let byte = bytes[at]
            at += 1
            if byte == delimiter { continue }
            if byte == Self.quote { throw failure("csv.quote", "a quote inside an unquoted field", linesOn: lines) }
            if byte == Self.carriageReturn {
                guard at < end || isWhole else { return false }
                if at < end, bytes[at] == Self.lineFeed { at += 1 }
            }
            nextLine += lines + 1
            position = at
            return true
        }
    }

    /// - Parameters:
    ///   - start: behind the opening quote.
    ///   - lines: counts the line ends that are passed.
    /// - Returns: the place behind the closing quote; nil where the window ends before what follows it.
    private mutating func scanQuoted(_ start: Int, _ lines: inout Int) throws -> Int? {
        let bytes = window.base
        var form = Cell.Form.quoted
        var at = start
        while at < end {
            let byte = bytes[at]
            at += 1
            guard at < end || isWhole else { return nil }
            let next = at < end ? bytes[at] : 0
            switch byte {
            case Self.quote where next == Self.quote:
                form = .doubledQuotes
                at += 1
            case Self.quote:
                add(Cell(start: start, end: at - 1, form: form))
                guard at == end || next == delimiter || next == Self.lineFeed || next == Self.carriageReturn else {
                    throw failure("csv.quote", "text behind a quoted field", linesOn: lines)
                }
                return at
            case Self.lineFeed: lines += 1
            case Self.carriageReturn where next != Self.lineFeed: lines += 1
            default: break
            }
        }
        if isWhole { throw failure("csv.quote", "a quoted field does not end") }
        return nil
    }

    private mutating func add(_ cell: Cell) {
        if count == cells.capacity { cells = cells.grown(keeping: count) }
        (cells.base + count).initialize(to: cell)
        count += 1
    }

    /// What separates the cells of the header: see the type.
    private mutating func findDelimiter() throws -> UInt8 {
        let comma = UInt8(ascii: ","), semicolon = UInt8(ascii: ";"), tab = UInt8(ascii: "\t")
        while true {
            var found: Set<UInt8> = []
            var isQuoted = false
            var isBlank = true
            var at = position
            while at < end {
                let byte = window.base[at]
                at += 1
                if byte == Self.quote { isQuoted.toggle() }
                if !isQuoted {
                    if byte == comma { return comma }
                    if byte == Self.lineFeed || byte == Self.carriageReturn {
                        if !isBlank { return found.count == 1 ? found.first ?? comma : comma }
                        found = []
                    }
                    if byte == semicolon || byte == tab { found.insert(byte) }
                }
                if byte > 0x20 { isBlank = false }
            }
            if isWhole { return found.count == 1 ? found.first ?? comma : comma }
            try refill()
        }
    }
}

/// Memory of a fixed size.
private final class Window<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    let capacity: Int

    init(_ capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// One of twice the size with the same first elements.
    func grown(keeping count: Int) -> Window {
        let larger = Window(capacity * 2)
        larger.base.initialize(from: base, count: count)
        return larger
    }
}

/// A few bytes to look for, eight places at a time.
private struct ByteSet {
    /// Each byte in all eight places of a word.
    private let patterns: (UInt64, UInt64, UInt64, UInt64)
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// - Parameter bytes: four at most.
    init(_ bytes: [UInt8]) {
        func pattern(_ index: Int) -> UInt64 { UInt64(bytes.isEmpty ? 0 : bytes[min(index, bytes.count - 1)]) * Self.ones }
        patterns = (pattern(0), pattern(1), pattern(2), pattern(3))
    }

    /// The first place from `start` on that holds one of the bytes, `end` where none does.
    func first(in bytes: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int) -> Int {
        // Sets the top bit of each byte that is zero, and perhaps of such as stand above one.
        func zeros(_ word: UInt64) -> UInt64 { (word &- Self.ones) & ~word & (Self.ones << 7) }
        var at = start
        while at + 8 <= end {
            let word = UInt64(littleEndian: UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self))
            let found =
                zeros(word ^ patterns.0) | zeros(word ^ patterns.1) | zeros(word ^ patterns.2) | zeros(word ^ patterns.3)
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < end {
            let byte = UInt64(bytes[at]) * Self.ones
            if byte == patterns.0 || byte == patterns.1 || byte == patterns.2 || byte == patterns.3 { break }
            at += 1
        }
        return at
    }
}
