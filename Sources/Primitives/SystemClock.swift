internal import Glibc

/// The machine's clock. Only the command line creates one; see `Clock`.
public struct SystemClock: Clock {
    public init() {}

    public var now: UnixNanos {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixNanos(Int64(time.tv_sec) * UnixNanos.perSecond + Int64(time.tv_nsec))
    }
}
