/// Saves the state of kernels as words and gives it back. One function, `Kernel.archive`, does both, so that saving and restoring
/// cannot name different values.
public struct StateArchive: Sendable {
    /// The saved state.
    public private(set) var words: [UInt64]
    private let isRestoring: Bool
    private var position = 0
    /// The words did not fit the values asked for; what was restored is of no use.
    public private(set) var isDamaged = false

    private init(words: [UInt64], isRestoring: Bool) {
        self.words = words
        self.isRestoring = isRestoring
    }

    /// The state of a kernel, bit for bit.
    public static func saving(_ kernel: some Kernel) -> [UInt64] {
        var archive = StateArchive(words: [], isRestoring: false)
        var copy = kernel
        copy.archive(&archive)
        return archive.words
    }

    /// Puts a saved state into a kernel of the same transform and parameters.
    /// - Returns: false where the words do not fit; the kernel is unchanged then.
    public static func restore(_ words: [UInt64], into kernel: inout some Kernel) -> Bool {
        var archive = StateArchive(words: words, isRestoring: true)
        var copy = kernel
        copy.archive(&archive)
        guard !archive.isDamaged, archive.position == words.count else { return false }
        kernel = copy
        return true
    }

    /// The next word where restoring, `current` where saving.
    private mutating func word(_ current: UInt64) -> UInt64 {
        guard isRestoring else {
            words.append(current)
            return current
        }
        guard position < words.count else {
            isDamaged = true
            return current
        }
        defer { position += 1 }
        return words[position]
    }

    public mutating func value(_ value: inout Double) { value = Double(bitPattern: word(value.bitPattern)) }
    public mutating func value(_ value: inout Int) { value = Int(bitPattern: UInt(word(UInt64(UInt(bitPattern: value))))) }
    public mutating func value(_ value: inout Bool) { value = word(value ? 1 : 0) != 0 }

    /// An array whose length the parameters decide.
    public mutating func fixed(_ values: inout [Double]) {
        for index in values.indices { value(&values[index]) }
    }

    public mutating func fixed(_ values: inout [Int]) {
        for index in values.indices { value(&values[index]) }
    }

    /// An array that grows and shrinks.
    public mutating func variable(_ values: inout [Double]) {
        var count = values.count
        value(&count)
        guard count >= 0, !isRestoring || count <= words.count - position else {
            isDamaged = true
            return
        }
        if isRestoring { values = [Double](repeating: 0, count: count) }
        fixed(&values)
    }
}
