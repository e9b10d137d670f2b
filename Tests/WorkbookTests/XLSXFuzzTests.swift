import Primitives
import TestKit
import Testing

@testable import Workbook

/// Damaged workbooks are read or refused, never a crash.
struct XLSXFuzzTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("fuzz") }

    /// Reads damaged bytes; anything but an ApusError is a failure.
    private func read(_ bytes: [UInt8], _ label: String) throws -> Bool {
        let path = folder.file("damaged.xlsx")
        try AtomicFile.write(bytes, to: path)
        do {
            _ = try ConfigurationFile.load(path)
            return true
        } catch is ApusError {
            return false
        } catch {
            Issue.record("\(label): \(error)")
            return false
        }
    }

    @Test func truncatedAndFlippedFiles() throws {
        let whole = try FileBytes.read(XLSXReaderTests.libreOffice)
        let seed: UInt64 = 20_240_229
        var random = SeededGenerator(seed: seed)
        var readable = 0
        for round in 0..<300 {
            var bytes = whole
            if round % 3 == 0 {
                bytes.removeLast(Int.random(in: 1..<whole.count, using: &random))
            } else {
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
            }
            if try read(bytes, "seed \(seed), round \(round)") { readable += 1 }
        }
        #expect(readable < 200, "a checksum must notice most of the damage")
    }

    /// Damage inside the XML, which a checksum would hide from the reader.
    @Test func damagedParts() throws {
        let package = try ZipPackage(XLSXReaderTests.libreOffice)
        let names =
            ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"]
            + (1...27).map { "xl/worksheets/sheet\($0).xml" }
        var parts: [String: [UInt8]] = [:]
        for name in names {
            let part: [UInt8] = try #require(try package.read(name), "\(name)")
            parts[name] = part
        }
        let seed: UInt64 = 7
        var random = SeededGenerator(seed: seed)
        var outcomes: Set<String> = []
        for round in 0..<300 {
            // The structural parts are short, and together are hit as often as all sheets; a damaged sheet needs no other.
            let name = round % 2 == 0 ? names[round / 2 % 5] : names[5 + Int.random(in: 0..<27, using: &random)]
            var damaged = parts
            damaged[name] = Self.damage(parts[name] ?? [], &random)
            for sheet in names.dropFirst(5) where sheet != name && round % 2 == 1 { damaged[sheet] = Array("<worksheet/>".utf8) }
            do {
                let file = try XLSXReader.read(file: "damaged", entry: { damaged[$0] })
                _ = ConfigurationCheck.run(file)
                outcomes.insert("read")
            } catch let error as ApusError {
                outcomes.insert(error.code)
            } catch {
                Issue.record("seed \(seed), round \(round), \(name): \(error)")
            }
        }
        #expect(outcomes.isSuperset(of: ["read", "xlsx.xml", "xlsx.part"]), "\(outcomes.sorted())")
    }

    static func damage(_ whole: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = whole
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 1...whole.count, using: &random))
        case 1:
            let start = Int.random(in: 0..<whole.count, using: &random)
            bytes.removeSubrange(start..<min(whole.count, start + Int.random(in: 1...40, using: &random)))
        case 2:
            // Digits become other digits: indices, references and counts that lie.
            for index in bytes.indices where (48...57).contains(bytes[index]) && Int.random(in: 0..<20, using: &random) == 0 {
                bytes[index] = UInt8.random(in: 48...57, using: &random)
            }
        default:
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return bytes
    }
}
