/// Numbers texts in the order they first appear. Texts that come in the same order again and again are found without hashing.
final class LabelTable {
    private(set) var labels: [String] = []
    private var bytes: [[UInt8]] = []
    private var ordinals: [String: UInt32] = [:]
    /// Which label followed which, the last time.
    private var successor: [UInt32] = []
    private var previous: UInt32 = 0

    func ordinal(_ text: UnsafeRawBufferPointer) -> UInt32 {
        if !successor.isEmpty {
            let guess = successor[Int(previous)]
            if bytes[Int(guess)].count == text.count, bytes[Int(guess)].elementsEqual(text) {
                previous = guess
                return guess
            }
        }
        let label = String(decoding: text, as: UTF8.self)
        let found = ordinals[label] ?? add(label, text)
        successor[Int(previous)] = found
        previous = found
        return found
    }

    private func add(_ label: String, _ text: UnsafeRawBufferPointer) -> UInt32 {
        let new = UInt32(labels.count)
        labels.append(label)
        bytes.append(Array(text))
        ordinals[label] = new
        successor.append(0)
        return new
    }
}
