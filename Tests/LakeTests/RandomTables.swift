import Contracts
import Primitives

/// Tables of every column type from a seed: constant, repeating, rising and wild values, with and without nulls.
struct RandomTables {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    static let types: [ColumnType] = [
        .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .double, .string, .date,
        .timestampMicros(utc: true), .timestampMicros(utc: false), .timestampNanos(utc: true), .timestampNanos(utc: false),
    ]

    /// Two columns of every type, a required and a nullable one.
    mutating func table(rows: Int, types: [ColumnType] = types) -> Table {
        var columns: [Column] = []
        for (index, type) in types.enumerated() {
            columns.append(column(ColumnSpec("r\(index)", type), rows: rows))
            columns.append(column(ColumnSpec("n\(index)", type, nullable: true), rows: rows))
        }
        return Table(columns)
    }

    mutating func column(_ spec: ColumnSpec, rows: Int) -> Column {
        let validity = spec.nullable ? validity(rows) : nil
        var values: ColumnValues
        switch spec.type {
        case .bool: values = .bools(bools(rows))
        case .double: values = .doubles(doubles(rows))
        case .string: values = .strings(strings(rows))
        default: values = .ints(ints(rows, limits(spec.type)))
        }
        if let validity { values = Self.blank(values, validity) }
        return Column(spec, values, validity: validity)
    }

    /// The slots of nulls hold 0, NaN or "".
    private static func blank(_ values: ColumnValues, _ validity: [Bool]) -> ColumnValues {
        switch values {
        case .bools(let items): .bools(zip(items, validity).map { $1 ? $0 : false })
        case .ints(let items): .ints(zip(items, validity).map { $1 ? $0 : 0 })
        case .doubles(let items): .doubles(zip(items, validity).map { $1 ? $0 : .nan })
        case .strings(let items): .strings(zip(items, validity).map { $1 ? $0 : "" })
        }
    }

    private func limits(_ type: ColumnType) -> ClosedRange<Int64> {
        switch type {
        case .int8: -128...127
        case .int16: -32_768...32_767
        case .int32: Int64(Int32.min)...Int64(Int32.max)
        case .uint8: 0...255
        case .uint16: 0...65_535
        case .uint32: 0...Int64(UInt32.max)
        // What Python's datetime can hold: years 1 to 9999.
        case .date: -719_162...2_932_896
        case .timestampMicros: -62_135_596_800_000_000...253_402_300_799_999_999
        // The smallest value is pandas' NaT.
        case .timestampNanos: (Int64.min + 1)...Int64.max
        default: Int64.min...Int64.max
        }
    }

    private mutating func pick(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }

    private mutating func integer(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        let offset = span == .max ? generator.next() : generator.next() % (span + 1)
        return range.lowerBound &+ Int64(bitPattern: offset)
    }

    private mutating func ints(_ rows: Int, _ range: ClosedRange<Int64>) -> [Int64] {
        let few = (0..<(1 + pick(300))).map { _ in integer(range) }
        let constant = integer(range)
        let style = pick(6)
        var level = range.lowerBound / 2 + range.upperBound / 2
        return (0..<rows).map { row in
            switch style {
            case 0: return constant
            case 1: return few[pick(few.count)]
            case 2:  // a random walk that turns at the limits
                let step = Int64(pick(2001)) - 1000
                let (next, overflow) = level.addingReportingOverflow(step)
                if !overflow, range.contains(next) { level = next }
                return level
            case 3: return few[(row / 1000) % few.count]
            case 4: return row % 3 == 0 ? range.lowerBound : range.upperBound
            default: return integer(range)
            }
        }
    }

    private mutating func doubles(_ rows: Int) -> [Double] {
        let odd: [Double] = [
            .nan, .infinity, -.infinity, 0.0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.leastNonzeroMagnitude,
        ]
        let style = pick(4)
        return (0..<rows).map { _ in
            switch style {
            case 0: return Double(pick(400)) * 0.25 + 4000
            case 1: return odd[pick(odd.count)]
            case 2: return generator.nextNormal()
            default: return pick(10) == 0 ? odd[pick(odd.count)] : Double(bitPattern: generator.next())
            }
        }
    }

    private mutating func bools(_ rows: Int) -> [Bool] {
        let style = pick(3)
        return (0..<rows).map { row in style == 0 ? true : (style == 1 ? (row / 100) % 2 == 0 : generator.next() & 1 == 0) }
    }

    private mutating func strings(_ rows: Int) -> [String] {
        let long = "long " + String(repeating: "x", count: 300)
        let words = ["", "ES", "ESH4", "é", "日本語", "🐦", "a\"b,\n\t", long, "zz\u{0}z"]
        let style = pick(3)
        return (0..<rows).map { row in
            switch style {
            case 0: return words[pick(words.count)]
            case 1: return "order-\(row)-\(pick(1000))"
            default: return pick(3) == 0 ? String(repeating: words[pick(7)], count: pick(40)) : words[(row / 50) % words.count]
            }
        }
    }

    private mutating func validity(_ rows: Int) -> [Bool]? {
        switch pick(5) {
        case 0: return nil
        case 1: return [Bool](repeating: false, count: rows)
        case 2: return (0..<rows).map { ($0 / 777) % 2 == 0 }
        case 3: return (0..<rows).map { _ in pick(100) != 0 }
        default: return (0..<rows).map { _ in generator.next() & 1 == 0 }
        }
    }
}
