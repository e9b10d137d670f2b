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
