/// A cell's place, counted from 1.
public struct CellAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let row: Int
    public let column: Int

    public static let lastRow = 1_048_576
    public static let lastColumn = 16_384

    public init(row: Int, column: Int) {
        self.row = row
        self.column = column
    }

    /// Takes `B3`, with or without `$`; nil for anything else and beyond XFD1048576.
    public init?(_ text: some StringProtocol) {
        var column = 0
        var row = 0
        var digits = 0
        for byte in text.utf8 where byte != UInt8(ascii: "$") {
            switch byte {
            case 65...90, 97...122:
                guard digits == 0 else { return nil }
                column = column * 26 + Int((byte & 0xDF) - 64)
                guard column <= Self.lastColumn else { return nil }
            case 48...57:
                row = row * 10 + Int(byte - 48)
                digits += 1
                guard row <= Self.lastRow else { return nil }
            default: return nil
            }
        }
        guard column > 0, row > 0 else { return nil }
        self.init(row: row, column: column)
    }

    /// `B3`.
    public var description: String {
        var letters: [UInt8] = []
        var rest = column
        while rest > 0 {
            letters.insert(UInt8(65 + (rest - 1) % 26), at: 0)
            rest = (rest - 1) / 26
        }
        return String(decoding: letters, as: UTF8.self) + String(row)
    }

    public static func < (a: Self, b: Self) -> Bool { (a.row, a.column) < (b.row, b.column) }
}

/// A rectangle of cells, both corners included.
public struct CellRange: Hashable, Sendable, CustomStringConvertible {
    public let first: CellAddress
    public let last: CellAddress

    /// Takes `A1:B2` or `A1`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let start = parts.first, let end = parts.last, parts.count <= 2, let first = CellAddress(start),
            let last = CellAddress(end),
            first.row <= last.row, first.column <= last.column
        else { return nil }
        self.first = first
        self.last = last
    }

    public var description: String { "\(first):\(last)" }
}
