internal import Glibc

/// A value that one thread at a time may touch.
///
/// Made of a POSIX mutex rather than of `Synchronization.Mutex`: the thread sanitizer follows `pthread_mutex_lock`, whereas
/// the other's lock is inside the standard library, which is not instrumented, so that every value guarded by it is reported
/// as a data race. With this one a report is a fault.
///
/// Not recursive: `body` must not lock the same value again.
public final class Locked<Value: Sendable>: @unchecked Sendable {
    private var value: Value
    /// On the heap, for a mutex must not move.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    public init(_ value: Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        // Cannot fail: no attributes, and Linux takes no resource for a mutex.
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Waits until no other thread has the value, and hands it to `body` alone.
    public func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
