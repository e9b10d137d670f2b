internal import CCrypto
internal import Glibc

/// SHA-256 (FIPS 180-4), through OpenSSL's libcrypto.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public let hex: String

    /// Takes 64 hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        guard hex.utf8.count == 64, hex.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        self.hex = hex
    }

    public var description: String { hex }
    /// The first twelve digits: enough to tell artifacts of one workspace apart, short enough for a file name.
    public var short: String { String(hex.prefix(12)) }

    public static func of(_ bytes: some Sequence<UInt8>) -> Digest {
        var hasher = DigestHasher()
        hasher.update(Array(bytes))
        return hasher.finish()
    }

    public static func of(_ text: String) -> Digest { of(text.utf8) }

    /// The digest of the value's canonical JSON text.
    /// - Throws: `CanonicalJSON.NotFinite`.
    public static func of(_ value: JSONValue) throws -> Digest { of(try CanonicalJSON.text(value)) }

    /// Reads the file once in blocks of 1 MiB.
    /// - Throws: `ApusError` `file.read`.
    public static func ofFile(_ path: String) throws -> Digest {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.read(path, errno) }
        defer { close(descriptor) }
        var hasher = DigestHasher()
        var block = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw FileError.read(path, errno) }
            if count == 0 { return hasher.finish() }
            block.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
        }
    }
}

/// An incremental SHA-256.
public struct DigestHasher: ~Copyable {
    private let state: OpaquePointer?

    public init() {
        state = EVP_MD_CTX_new()
        let started = EVP_DigestInit_ex(state, EVP_sha256(), nil)
        precondition(started == 1, "libcrypto offers no SHA-256")
    }

    deinit { EVP_MD_CTX_free(state) }

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let done = EVP_DigestUpdate(state, bytes.baseAddress, bytes.count)
        precondition(done == 1, "SHA-256 update failed")
    }

    public consuming func finish() -> Digest {
        var out = [UInt8](repeating: 0, count: 32)
        let done = EVP_DigestFinal_ex(state, &out, nil)
        precondition(done == 1, "SHA-256 final failed")
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in out { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        guard let digest = Digest(hex: String(decoding: text, as: UTF8.self)) else { preconditionFailure("malformed digest") }
        return digest
    }
}
