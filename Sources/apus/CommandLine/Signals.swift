import Glibc
import Primitives

/// What the program does about signals.
enum Signals {
    /// A closed pipe becomes an error of the write. Ctrl-C and SIGTERM delete what is unfinished and then end the program as they
    /// would have, so that shells see it (exit codes 130 and 143); what was being written is complete or absent, see
    /// `AtomicFile`.
    ///
    /// Call it before any other thread starts: a thread of its own takes these two signals, and the others inherit that they are
    /// blocked. There, unlike in a signal handler, everything may be called.
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        var waited = ending
        guard pthread_sigmask(SIG_BLOCK, &waited, nil) == 0 else { return }
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { _ in
                Signals.wait()
                return nil
            }, nil)
        if started == 0 { pthread_detach(thread) } else { pthread_sigmask(SIG_UNBLOCK, &waited, nil) }
    }

    private static var ending: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    private static func wait() {
        var waited = ending
        var number: Int32 = 0
        while sigwait(&waited, &number) != 0 {}
        // The line of a progress bar is left standing.
        if isatty(STDERR_FILENO) == 1 {
            var lineFeed: UInt8 = 10
            _ = write(STDERR_FILENO, &lineFeed, 1)
        }
        Temporaries.clear {
            signal(number, SIG_DFL)
            pthread_sigmask(SIG_UNBLOCK, &waited, nil)
            raise(number)
            _exit(128 + number)
        }
    }
}
