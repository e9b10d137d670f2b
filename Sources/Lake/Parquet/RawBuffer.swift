/// Growable, contiguous storage of plain values. It keeps its memory across `removeAll`, so that a row group costs no allocation.
final class RawBuffer<Element: BitwiseCopyable> {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int
    var count = 0

    init(capacity: Int = 16) {
        self.capacity = max(capacity, 1)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// Makes room for `extra` more elements and returns where they go; the caller raises `count`.
    @inline(__always)
    func room(_ extra: Int) -> UnsafeMutablePointer<Element> {
        if count + extra > capacity { grow(count + extra) }
        return base + count
    }

    @inline(never)
    private func grow(_ needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    @inline(__always)
    func append(_ element: Element) {
        room(1).pointee = element
        count += 1
    }

    func append(_ source: UnsafePointer<Element>, count extra: Int) {
        guard extra > 0 else { return }
        room(extra).update(from: source, count: extra)
        count += extra
    }

    func removeAll() { count = 0 }

    var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
}

extension RawBuffer<UInt8> {
    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        UnsafeMutableRawPointer(room(bytes.count)).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    func appendLittleEndian(_ value: UInt32) {
        UnsafeMutableRawPointer(room(4)).storeBytes(of: value.littleEndian, as: UInt32.self)
        count += 4
    }

    func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(elements) }
}
