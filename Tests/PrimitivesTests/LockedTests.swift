import Dispatch
import Primitives
import Testing

@Suite struct LockedTests {
    @Test func threadsDoNotLoseEachOthersChanges() {
        let counts = Locked<[Int: Int]>([:])
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for step in 0..<5_000 { counts.withLock { $0[(step + thread) % 7, default: 0] += 1 } }
        }
        #expect(counts.withLock { $0.values.reduce(0, +) } == 20_000)
    }

    @Test func anErrorLeavesItUnlocked() {
        struct Failure: Error {}
        let value = Locked(1)
        #expect(throws: Failure.self) {
            try value.withLock { held in
                held = 2
                throw Failure()
            }
        }
        #expect(value.withLock { $0 } == 2)
    }
}
