import Ingest
import Primitives
import TestKit
import Testing

/// Frames made by hand: the smallest window, so that a few hundred kilobytes go round it many times, and blocks of any size.
@Suite struct ZstdFrameTests {
    private let plain: [UInt8]
    private let records: [UInt8]

    init() throws {
        let folder = try TemporaryFolder("zstd")
        let path = folder.file("x.dbn")
        let writer = try DBNWriter(path: path, metadata: DBNFixtures.metadata, compress: false)
        try writer.append(DBNFixtures.trades(count: 8_000, seed: 5))
        try writer.finish()
        plain = try FileBytes.read(path)
        records = DBNSamples.drain(plain).records
    }

    /// A frame of blocks stored as they are, without a checksum.
    private func frame(_ content: ArraySlice<UInt8>, block: Int, window: UInt8 = 0) -> [UInt8] {
        var bytes: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, window]
        var start = content.startIndex
        repeat {
            let end = min(start + block, content.endIndex)
            let header = (end - start) << 3 | (end == content.endIndex ? 1 : 0)
            bytes += [UInt8(header & 0xFF), UInt8(header >> 8 & 0xFF), UInt8(header >> 16)]
            bytes += content[start..<end]
            start = end
        } while start < content.endIndex
        return bytes
    }

    @Test(arguments: [11, 47, 48, 1000, 1024]) func blocksOfAnySizeHoldTheSameRecords(block: Int) {
        #expect(records.count == 8_000 * 48)
        let (whole, error) = DBNSamples.drain(frame(plain[...], block: block))
        #expect(error == nil && whole == records)
        // A second frame that begins within a record, with a larger window.
        let middle = plain.count / 2 + 5
        let two = frame(plain[..<middle], block: block) + frame(plain[middle...], block: block, window: 5 << 3)
        let (joined, failure) = DBNSamples.drain(two)
        #expect(failure == nil && joined == records)
    }

    @Test func whatIsStoredBeforeACutIsDelivered() {
        let block = 1000
        let bytes = frame(plain[...], block: block)
        let head = plain.count - records.count
        for cut in stride(from: 20_000, to: bytes.count - 1, by: 7_919) {
            let (delivered, error) = DBNSamples.drain(Array(bytes[..<cut]))
            let blocks = (cut - 6) / (block + 3)
            let content = blocks * block + max(0, (cut - 6) % (block + 3) - 3)
            #expect(delivered.count == (content - head) / 48 * 48, "cut at \(cut)")
            #expect(records.starts(with: delivered))
            #expect(error?.code == "dbn.truncated")
            #expect(error?.context.first { $0.key == "offset" }?.value == String(content))
            #expect(error?.context.first { $0.key == "compressed offset" }?.value == String(cut))
        }
    }

    @Test func aDamagedBlockIsNamed() {
        var bytes = frame(plain[...], block: 1000)
        let header = 6 + 300 * 1003
        bytes[header] |= 6  // the block type that is reserved
        let (delivered, error) = DBNSamples.drain(bytes)
        #expect(delivered.count == (300_000 - (plain.count - records.count)) / 48 * 48)
        #expect(records.starts(with: delivered))
        #expect(error?.code == "dbn.zstd")
        #expect(error?.context.first { $0.key == "offset" }?.value == "300000")
        #expect(error?.context.first { $0.key == "compressed offset" }?.value == String(header))
    }

    @Test func windowsOverTheLimitAreRefused() {
        let (_, allowed) = DBNSamples.drain(frame(plain[...], block: 1000, window: 17 << 3))
        #expect(allowed == nil)
        let (delivered, error) = DBNSamples.drain(frame(plain[...], block: 1000, window: 17 << 3 | 1))
        #expect(delivered.isEmpty)
        #expect(error?.code == "dbn.zstd")
        #expect(error?.message.contains("too much memory") == true)
    }
}
