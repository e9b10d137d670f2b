import Dispatch
import Primitives
import Synchronization

extension Array where Element: Sendable {
    /// `body` of every element on up to `threads` threads, results in the order of the elements. Elements after one that fails
    /// are taken too.
    func concurrentMap<Value: Sendable>(threads: Int, _ body: @Sendable (Element) throws -> Value) -> [Result<Value, any Error>] {
        let workers = Swift.min(threads, count)
        guard workers > 1 else { return map { element in Result { try body(element) } } }
        let next = Atomic<Int>(0)
        let found = Locked<[Int: Result<Value, any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result = Result { try body(self[index]) }
                found.withLock { $0[index] = result }
            }
        }
        let results = found.withLock { $0 }
        return indices.compactMap { results[$0] }
    }
}
