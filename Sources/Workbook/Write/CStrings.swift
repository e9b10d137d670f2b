internal import Glibc

/// C strings that live as long as this object, for C structures that keep pointers.
final class CStrings {
    private var pointers: [UnsafeMutablePointer<CChar>] = []
    private var arrays: [UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>] = []

    deinit {
        for pointer in pointers { free(pointer) }
        for array in arrays { array.deallocate() }
    }

    func pointer(_ text: String) -> UnsafeMutablePointer<CChar>? {
        guard let copy = strdup(text) else { return nil }
        pointers.append(copy)
        return copy
    }

    /// A null-terminated array of strings.
    func array(_ texts: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        let array = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { (array + index).initialize(to: pointer(text)) }
        (array + texts.count).initialize(to: nil)
        arrays.append(array)
        return array
    }
}

enum PartialFile {
    static func remove(_ path: String) { unlink(path) }
}
