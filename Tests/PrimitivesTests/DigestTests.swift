import Primitives
import TestKit
import Testing

@Suite struct DigestTests {
    /// Vectors of FIPS 180-4's examples and NIST's SHA256LongMsg.
    @Test func knownDigests() {
        #expect(Digest.of("").hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest.of("abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest.of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(Digest.of(million).hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func piecesGiveTheSameAsTheWhole() throws {
        var generator = SeededGenerator(seed: 8)
        let bytes = (0..<3_000_001).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let folder = try TemporaryFolder()
        try AtomicFile.write(bytes, to: folder.file("x"))
        let whole = Digest.of(bytes)
        #expect(try Digest.ofFile(folder.file("x")) == whole)
        var hasher = DigestHasher()
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int(generator.next() % 70_000))
            hasher.update(Array(bytes[start..<end]))
            start = end
        }
        #expect(hasher.finish() == whole)
    }

    @Test func theSystemsToolAgrees() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("market data", to: folder.file("x"))
        let result = try ChildProcess.run(["sha256sum", folder.file("x")])
        #expect(result.output.hasPrefix(try Digest.ofFile(folder.file("x")).hex))
    }

    @Test func onlySixtyFourLowerCaseDigitsAreADigest() {
        let hex = Digest.of("abc").hex
        #expect(Digest(hex: hex)?.short == "ba7816bf8f01")
        for text in ["", String(hex.dropLast()), hex + "0", hex.uppercased(), String(hex.dropLast()) + "g"] {
            #expect(Digest(hex: text) == nil)
        }
    }

    @Test func aMissingFileIsNamed() throws {
        let error = #expect(throws: ApusError.self) { try Digest.ofFile("/nonexistent/file") }
        #expect(error?.code == "file.read")
        #expect(error?.context.first?.value == "/nonexistent/file")
    }
}
