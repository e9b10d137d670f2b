/// What rows come down to, built row by row and joined from two parts that follow on each other.
protocol WindowSummary: Sendable {
    associatedtype Row: Sendable

    /// Of no rows.
    init()
    /// Every number NaN.
    static var missing: Self { get }
    static var missingRow: Row { get }

    /// Adds a row behind the others.
    /// - Parameters:
    ///   - count: of rows, the new one included.
    ///   - inverse: 1 / `count`.
    mutating func append(_ row: Row, count: Int, inverse: Double)
    /// Adds a row before the others.
    mutating func prepend(_ row: Row, count: Int, inverse: Double)
    /// Of `behind` rows with the `ahead` rows of `head` after them.
    /// - Parameter inverse: 1 / (`behind` + `ahead`).
    func joined(_ behind: Int, with head: Self, _ ahead: Int, inverse: Double) -> Self

    mutating func archive(_ archive: inout StateArchive)
    static func archive(_ row: inout Row, _ archive: inout StateArchive)
}

extension WindowSummary {
    /// Where the order of rows does not count.
    @inline(__always) mutating func prepend(_ row: Row, count: Int, inverse: Double) {
        append(row, count: count, inverse: inverse)
    }
}

extension WindowSummary where Row == Double {
    static var missingRow: Double { .nan }
    static func archive(_ row: inout Double, _ archive: inout StateArchive) { archive.value(&row) }
}

/// The summary of the last `window` rows in constant time a row.
///
/// Rows are cut into blocks of `window`. A window is the tail of one block and the head of the next: the tails are made once a
/// block, the head grows row by row, and the two are joined. Nothing is ever subtracted, so no error builds up, and a NaN leaves
/// with its window.
struct BlockWindow<Summary: WindowSummary>: Sendable {
    let window: Int
    /// Of the present block.
    private var rows: [Summary.Row]
    /// Of the block before: element i is of its rows from i on.
    private var tails: [Summary]
    private let inverse: [Double]
    private var filled = 0
    private var head = Summary()
    private var hasTail = false
    /// Of the last `window` rows; missing before there are as many.
    private(set) var summary = Summary.missing

    /// - Precondition: `window` > 0.
    init(_ window: Int) {
        self.window = window
        rows = [Summary.Row](repeating: Summary.missingRow, count: window)
        tails = [Summary](repeating: .missing, count: window)
        inverse = (0...window).map { $0 == 0 ? 0 : 1 / Double($0) }
    }

    /// Nothing was added so far.
    var isEmpty: Bool { filled == 0 && !hasTail }

    @inline(__always) mutating func add(_ row: Summary.Row) {
        rows[filled] = row
        filled += 1
        head.append(row, count: filled, inverse: inverse[filled])
        if filled == window { return endBlock() }
        guard hasTail else { return }
        summary = tails[filled].joined(window - filled, with: head, filled, inverse: inverse[window])
    }

    @inline(never) private mutating func endBlock() {
        summary = head
        var tail = Summary()
        var count = 0
        for index in stride(from: window - 1, through: 0, by: -1) {
            count += 1
            tail.prepend(rows[index], count: count, inverse: inverse[count])
            tails[index] = tail
        }
        hasTail = true
        filled = 0
        head = Summary()
    }

    mutating func archive(_ archive: inout StateArchive) {
        for index in rows.indices { Summary.archive(&rows[index], &archive) }
        for index in tails.indices { tails[index].archive(&archive) }
        head.archive(&archive)
        summary.archive(&archive)
        archive.value(&filled)
        archive.value(&hasTail)
    }
}
