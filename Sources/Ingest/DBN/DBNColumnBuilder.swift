import Contracts
import Primitives

/// One column of a table, filled from runs of records.
struct DBNColumnBuilder {
    let spec: ColumnSpec
    /// Nil for the symbol column.
    private let field: DBNField?
    private var ints: [Int64] = []
    private var doubles: [Double] = []
    private var strings: [String] = []
    private var validity: [Bool] = []

    static let symbol = DBNColumnBuilder(spec: ColumnSpec("symbol", .string, nullable: true), field: nil)

    init(_ field: DBNField, _ options: DBNConverter.Options) {
        let type: ColumnType, nullable: Bool
        switch field.kind {
        case .uint8: (type, nullable) = (.uint8, false)
        case .uint16: (type, nullable) = (.uint16, false)
        case .uint32: (type, nullable) = (.uint32, false)
        case .uint64: (type, nullable) = (.uint64, false)
        case .int8: (type, nullable) = (.int8, false)
        case .int16: (type, nullable) = (.int16, false)
        case .int32: (type, nullable) = (.int32, false)
        case .int64: (type, nullable) = (.int64, false)
        case .price: (type, nullable) = options.prettyPrices ? (.double, true) : (.int64, false)
        case .timestamp: (type, nullable) = options.prettyTimes ? (.timestampNanos(utc: true), true) : (.uint64, false)
        case .character, .text: (type, nullable) = (.string, false)
        }
        self.init(spec: ColumnSpec(field.name, type, nullable: nullable), field: field)
    }

    private init(spec: ColumnSpec, field: DBNField?) {
        self.spec = spec
        self.field = field
    }

    mutating func removeAll() {
        ints.removeAll(keepingCapacity: true)
        doubles.removeAll(keepingCapacity: true)
        strings.removeAll(keepingCapacity: true)
        validity.removeAll(keepingCapacity: true)
    }

    func column() -> Column {
        let values: ColumnValues
        switch spec.type {
        case .double: values = .doubles(doubles)
        case .string: values = .strings(strings)
        default: values = .ints(ints)
        }
        return Column(spec, values, validity: spec.nullable && validity.contains(false) ? validity : nil)
    }

    mutating func append(_ run: RecordRun, _ symbols: inout DBNSymbolLookup, index: DBNField) throws {
        guard let field else { return appendSymbols(run, &symbols, index) }
        switch (field.kind, spec.type) {
        case (.text, _): try appendTexts(run, field)
        case (.character, _):
            for row in 0..<run.count {
                let value = field.integer(run.base + row * run.stride)
                strings.append(value == 0 ? "" : String(Character(UnicodeScalar(UInt8(truncatingIfNeeded: value)))))
            }
        case (.price, .double):
            for row in 0..<run.count {
                let value = field.integer(run.base + row * run.stride)
                doubles.append(value == DBNUndefined.price ? .nan : Double(value) / 1e9)
                validity.append(value != DBNUndefined.price)
            }
        case (.timestamp, .timestampNanos):
            for row in 0..<run.count {
                // Undefined is all ones; other times past 2262 have no place in the column either.
                let value = field.integer(run.base + row * run.stride)
                ints.append(value < 0 ? 0 : value)
                validity.append(value >= 0)
            }
        default:
            for row in 0..<run.count { ints.append(field.integer(run.base + row * run.stride)) }
        }
    }

    private mutating func appendSymbols(_ run: RecordRun, _ symbols: inout DBNSymbolLookup, _ index: DBNField) {
        for row in 0..<run.count {
            let symbol = symbols.symbol(run.base + row * run.stride, index: index)
            strings.append(symbol ?? "")
            validity.append(symbol != nil)
        }
    }

    private mutating func appendTexts(_ run: RecordRun, _ field: DBNField) throws {
        for row in 0..<run.count {
            guard let text = String(validating: field.text(run.base + row * run.stride), as: UTF8.self) else {
                throw DBNConverter.notText(field, file: run.file, offset: run.offset + Int64(row * run.stride))
            }
            strings.append(text)
        }
    }
}
