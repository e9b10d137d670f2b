import Ingest
import Market
import Primitives
import TestKit
import Testing

/// Every way of cutting a file short delivers the records before the cut, then an error that names the byte.
@Suite(.enabled(if: !DBNSamples.vectors.isEmpty))
struct DBNDamageTests {
    static let files = [
        "dbn/test_data.definition.dbn", "dbn/test_data.mbo.v3.dbn", "dbn/test_data.imbalance.v3.dbn.zst",
        "dbn/test_data.mbp-10.v1.dbn.zst",
        "es/definition-glbx-es-fut.dbn.zst",
    ]

    @Test(arguments: files) func everyTruncation(name: String) throws {
        let path = try #require(SharedData.path(name))
        let bytes = try FileBytes.read(path)
        let (all, none) = DBNSamples.drain(bytes)
        try #require(none == nil)
        let reader = try DBNReader(path: path)
        var boundaries: Set<Int> = [Int(reader.recordsOffset)]
        var recordSize = 1
        try reader.forEachBlock { block in
            recordSize = block.recordSize
            for index in 1...block.count { boundaries.insert(Int(block.offset) + index * block.recordSize) }
        }
        let isCompressed = reader.isCompressed
        var clean: [Int] = []
        var delivered = 0
        for cut in 0..<bytes.count {
            let (records, error) = DBNSamples.drain(Array(bytes[..<cut]))
            #expect(records.count % recordSize == 0 && all.starts(with: records), "\(name) cut at \(cut)")
            #expect(records.count >= delivered, "\(name) cut at \(cut)")
            delivered = records.count
            guard let error else {
                clean.append(cut)
                continue
            }
            #expect(error.code == "dbn.truncated", "\(name) cut at \(cut): \(error)")
            let offset = error.context.first { $0.key == "offset" }?.value
            let compressed = error.context.first { $0.key == "compressed offset" }?.value
            if isCompressed {
                #expect(cut < 4 || compressed == String(cut), "\(name) cut at \(cut): \(error)")
                #expect(offset != nil)
            } else {
                #expect(offset == String(cut), "\(name) cut at \(cut): \(error)")
                let whole = boundaries.filter { $0 <= cut }.max() ?? Int(reader.recordsOffset)
                #expect(records.count == whole - Int(reader.recordsOffset), "\(name) cut at \(cut)")
            }
        }
        // Only a cut between records, or between zstd frames, leaves a sound file.
        if isCompressed {
            #expect(clean.count == reader.frameCount - 1, "\(name): \(clean)")
        } else {
            #expect(clean == boundaries.filter { $0 < bytes.count }.sorted())
        }
    }

    @Test(arguments: files) func everyFlippedByteIsFoundOrChangesNothingBeforeIt(name: String) throws {
        let bytes = try FileBytes.read(try #require(SharedData.path(name)))
        let (all, _) = DBNSamples.drain(bytes)
        let isCompressed = bytes[0] == 0x28
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x55
            let (records, error) = DBNSamples.drain(damaged)
            if let error { #expect(error.code.hasPrefix("dbn."), "\(error)") }
            // Frames of the test vectors carry checksums; plain records do not.
            if isCompressed, name.hasPrefix("dbn/") { #expect(error != nil || records == all, "\(name) byte \(position)") }
        }
    }

    /// The order of frames, empty and skippable ones among them, makes no difference.
    @Test func skippableFramesAreSkipped() throws {
        let path = try #require(SharedData.path("dbn/test_data.trades.v3.dbn.zst"))
        let bytes = try FileBytes.read(path)
        let skippable: [UInt8] = [0x53, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]
        let (all, _) = DBNSamples.drain(bytes)
        for mixed in [skippable + bytes, bytes + skippable, skippable + skippable + bytes + skippable] {
            let (records, error) = DBNSamples.drain(mixed)
            #expect(error == nil && records == all)
        }
        let (records, error) = DBNSamples.drain(bytes + skippable.dropLast())
        #expect(records == all && error?.code == "dbn.truncated")
        let (_, garbage) = DBNSamples.drain(bytes + [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(garbage?.code == "dbn.zstd")
    }

    @Test func infoCountsRecords() throws {
        let info = try DBNInfo.read(try #require(SharedData.path("dbn/test_data.trades.v3.dbn.zst")))
        #expect(info["records"] == 2)
        #expect(info["record_types"] == ["mbp-0": 2])
        #expect(info["compression"] == "zstd")
        #expect(info["zstd_frames"] == 1)
        #expect(info["file_bytes"] == 175)
        #expect(info["stream_bytes"] == 456)
        #expect(info["first_ts_event"] == "2020-12-28T13:00:00.098821953Z")
        #expect(info["last_ts_event"] == "2020-12-28T13:00:00.107665963Z")
        #expect(info["metadata"]?["dataset"] == "GLBX.MDP3")
        #expect(info["metadata"]?["schema"] == "trades")
    }
}
