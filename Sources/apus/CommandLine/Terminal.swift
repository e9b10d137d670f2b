import Glibc

/// What is known about the screen that standard error goes to.
struct Terminal: Sendable {
    /// A person is watching.
    let isInteractive: Bool
    /// In columns.
    let width: Int

    static let none = Terminal(isInteractive: false, width: 80)

    static func standardError() -> Terminal {
        let kind = getenv("TERM").map { String(cString: $0) } ?? "dumb"
        guard isatty(STDERR_FILENO) == 1, kind != "dumb" else { return .none }
        var size = winsize()
        let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Terminal(isInteractive: true, width: known ? Int(size.ws_col) : 80)
    }
}

/// What the program does about signals.
enum Signals {
    /// A closed pipe becomes an error of the write. Ctrl-C leaves the progress bar's line and then ends the program as it would
    /// have, so that shells see an interrupt (exit code 130); what was being written is complete or absent, see `AtomicFile`.
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        guard isatty(STDERR_FILENO) == 1 else { return }
        signal(SIGINT) { number in
            var lineFeed: UInt8 = 10
            _ = write(STDERR_FILENO, &lineFeed, 1)
            signal(number, SIG_DFL)
            raise(number)
        }
    }
}
