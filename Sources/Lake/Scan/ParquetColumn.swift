import Primitives

/// Decodes one column of a Parquet file into plain arrays, as many rows at a time as asked for.
final class ParquetColumn {
    private enum Form {
        case plain
        case dictionary(HybridDecoder)
        case runs(HybridDecoder)
    }

    let labels = LabelTable()
    private let pages: ParquetPages
    private let kind: ScanKind
    private let leaf: ParquetFile.Leaf
    private var form = Form.plain
    private var levels: HybridDecoder?
    private var pageLeft = 0
    /// Where the plain values go on in the page, and where they end; for booleans in bits.
    private var position = 0
    private var end = 0
    /// The dictionary, as 64-bit values of the column's kind.
    private let dictionary = RawBuffer<UInt64>()
    private let scratch = RawBuffer<UInt32>(capacity: ColumnScan.batchSize)

    init(_ file: ParquetFile, leaf: Int, kind: ScanKind, _ decompressor: PageDecompressor) {
        pages = ParquetPages(file, leaf: leaf, decompressor)
        self.leaf = file.leaves[leaf]
        self.kind = kind
    }

    /// Whether this decoder knows everything that the column uses.
    static func canRead(_ file: ParquetFile, leaf index: Int, kind: ScanKind) -> Bool {
        let leaf = file.leaves[index]
        let fits =
            switch kind {
            case .time: leaf.physical == 2 && leaf.timestamp != nil || leaf.physical == 1 && leaf.isDate
            case .number: [1, 2, 4, 5].contains(leaf.physical) && leaf.timestamp == nil && !leaf.isDate && !leaf.isOther
            case .flag: leaf.physical == 0
            case .text: leaf.physical == 6 && leaf.isText
            }
        // Plain, plain dictionary, runs, dictionary.
        return fits
            && file.chunks.allSatisfy {
                PageDecompressor.codecs.contains($0[index].codec) && $0[index].encodings.allSatisfy { [0, 2, 3, 8].contains($0) }
            }
    }

    /// - Precondition: `count` is at most `ColumnScan.batchSize`.
    func read(_ count: Int, into out: UnsafeMutablePointer<UInt64>) throws {
        var done = 0
        while done < count {
            while pageLeft == 0 {
                guard try fetch() else { throw pages.damaged("a column has fewer values than the file has rows") }
            }
            var take = min(count - done, pageLeft)
            if levels != nil {
                take = try readOptional(take, into: out + done)
            } else {
                try readValues(take, into: out + done)
            }
            pageLeft -= take
            done += take
        }
    }

    private func fetch() throws -> Bool {
        switch try pages.next() {
        case nil: return false
        case .dictionary(let count):
            (position, end) = (0, pages.bytes.count)
            dictionary.removeAll()
            // A dictionary that claims more values than it has bytes is refused before memory is taken for it.
            guard count <= pages.bytes.count else { throw pages.damaged("a dictionary is cut short") }
            let room = dictionary.room(count)
            try readPlain(count, into: room)
            dictionary.count = count
        case .data(let count, let encoding, let levelRange, let values):
            let base = UnsafeRawPointer(pages.bytes.base)
            levels = levelRange.map { HybridDecoder(base + $0.lowerBound, count: $0.count, width: 1) }
            pageLeft = count
            (position, end) = (values.lowerBound, values.upperBound)
            form = try form(encoding, base)
        }
        return true
    }

    private func form(_ encoding: Int64, _ base: UnsafeRawPointer) throws -> Form {
        switch encoding {
        case 0:
            if kind == .flag { (position, end) = (position * 8, end * 8) }
            return .plain
        case 2, 8:
            // A page of nulls alone may have no values at all.
            guard position < end else { return .plain }
            let width = Int((base + position).load(as: UInt8.self))
            guard width <= 32 else { throw pages.damaged("dictionary indices of \(width) bits") }
            return .dictionary(HybridDecoder(base + position + 1, count: end - position - 1, width: width))
        case 3 where kind == .flag && end - position >= 4:
            let length = Int((base + position).loadUnaligned(as: UInt32.self))
            guard length <= end - position - 4 else { throw pages.damaged("a page is cut short") }
            return .runs(HybridDecoder(base + position + 4, count: length, width: 1))
        default: throw pages.damaged("a page has an encoding that its column does not declare")
        }
    }

    /// Reads up to `count` rows of which some may be null; how many it read.
    private func readOptional(_ count: Int, into out: UnsafeMutablePointer<UInt64>) throws -> Int {
        let run = levels?.run()
        if let run {
            let take = min(count, run.count)
            levels?.skipRun(take)
            if run.value == 0 { out.update(repeating: kind.null, count: take) } else { try readValues(take, into: out) }
            return take
        }
        let take = min(count, 1_024)
        return try withUnsafeTemporaryAllocation(of: UInt32.self, capacity: take) { present in
            guard let start = present.baseAddress, levels?.decode(take, into: start) == true else {
                throw pages.damaged("the definition levels are cut short")
            }
            var valid = present.reduce(0) { $0 + Int($1) }
            try readValues(valid, into: out)
            guard valid < take else { return take }
            for index in stride(from: take - 1, through: 0, by: -1) {
                if present[index] == 1 {
                    valid -= 1
                    out[index] = out[valid]
                } else {
                    out[index] = kind.null
                }
            }
            return take
        }
    }

    private func readValues(_ count: Int, into out: UnsafeMutablePointer<UInt64>) throws {
        switch form {
        case .plain: try readPlain(count, into: out)
        case .runs(var decoder):
            try decode(count, &decoder)
            for index in 0..<count { out[index] = UInt64(scratch.base[index]) }
            form = .runs(decoder)
        case .dictionary(var decoder):
            // One value again and again is common: timestamps of a long table, flags that are seldom set.
            if let run = decoder.run(), run.count >= count {
                guard run.value < dictionary.count else { throw pages.damaged("an index lies outside of its dictionary") }
                decoder.skipRun(count)
                out.update(repeating: dictionary.base[Int(run.value)], count: count)
            } else {
                try decode(count, &decoder)
                let (indices, values) = (scratch.base, dictionary.base)
                var highest: UInt32 = 0
                for index in 0..<count { highest = max(highest, indices[index]) }
                guard count == 0 || highest < dictionary.count else {
                    throw pages.damaged("an index lies outside of its dictionary")
                }
                for index in 0..<count { out[index] = values[Int(indices[index])] }
            }
            form = .dictionary(decoder)
        }
    }

    private func decode(_ count: Int, _ decoder: inout HybridDecoder) throws {
        scratch.removeAll()
        guard decoder.decode(count, into: scratch.room(count)) else { throw pages.damaged("a page is cut short") }
    }

    private func readPlain(_ count: Int, into out: UnsafeMutablePointer<UInt64>) throws {
        let base = UnsafeRawPointer(pages.bytes.base)
        switch leaf.physical {
        case 0:
            guard count <= end - position else { throw pages.damaged("a page is cut short") }
            for index in 0..<count {
                let bit = position + index
                out[index] = UInt64(base.load(fromByteOffset: bit >> 3, as: UInt8.self) >> UInt8(bit & 7) & 1)
            }
            position += count
        case 6: try readTexts(count, into: out, base)
        default:
            let width = leaf.physical == 1 || leaf.physical == 4 ? 4 : 8
            guard count <= (end - position) / width else { throw pages.damaged("a page is cut short") }
            try convert(count, base + position, into: out)
            position += count * width
        }
    }

    private func convert(_ count: Int, _ source: UnsafeRawPointer, into out: UnsafeMutablePointer<UInt64>) throws {
        switch (leaf.physical, kind) {
        case (5, _): UnsafeMutableRawPointer(out).copyMemory(from: source, byteCount: count * 8)
        case (4, _):
            for index in 0..<count {
                out[index] = Double(source.loadUnaligned(fromByteOffset: index * 4, as: Float.self)).bitPattern
            }
        case (1, .number):
            for index in 0..<count {
                out[index] = Double(source.loadUnaligned(fromByteOffset: index * 4, as: Int32.self)).bitPattern
            }
        case (_, .number):
            for index in 0..<count {
                out[index] = Double(source.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)).bitPattern
            }
        default:
            let unit = leaf.isDate ? UnixNanos.perDay : leaf.timestamp?.nanos ?? 1
            for index in 0..<count {
                let value =
                    leaf.isDate
                    ? Int64(source.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
                    : source.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
                let (nanos, overflow) = value.multipliedReportingOverflow(by: unit)
                guard !overflow else {
                    throw ApusError(
                        "parquet.value", "an instant lies outside of 1677 to 2262",
                        context: ["file": pages.path, "column": leaf.name])
                }
                out[index] = UInt64(bitPattern: nanos)
            }
        }
    }

    private func readTexts(_ count: Int, into out: UnsafeMutablePointer<UInt64>, _ base: UnsafeRawPointer) throws {
        for index in 0..<count {
            guard end - position >= 4 else { throw pages.damaged("a page is cut short") }
            let length = Int((base + position).loadUnaligned(as: UInt32.self))
            guard length <= end - position - 4 else { throw pages.damaged("a page is cut short") }
            out[index] = UInt64(labels.ordinal(UnsafeRawBufferPointer(start: base + position + 4, count: length)))
            position += 4 + length
        }
    }
}

extension ParquetFile.Unit {
    var nanos: Int64 {
        switch self {
        case .millis: 1_000_000
        case .micros: 1_000
        case .nanos: 1
        }
    }
}
