import Primitives

/// A progress bar on standard error. It draws only on a terminal, at most ten times a second; elsewhere it costs next to nothing.
///
/// May be advanced from several threads.
final class Progress: Sendable {
    private struct State {
        var done: Int64 = 0
        var lastDrawn: UnixNanos?
        var lastWidth = 0
        var isFinished = false
    }

    private let label: String
    /// Nil where the end is not known.
    private let total: Int64?
    private let unit: String
    private let width: Int
    private let started: UnixNanos
    private let clock: any Clock
    /// Nil where nothing is drawn.
    private let draw: (@Sendable (String) -> Void)?
    private let state = Locked(State())

    static let interval: Int64 = UnixNanos.perSecond / 10

    init(
        _ label: String, total: Int64?, unit: String, terminal: Terminal, clock: any Clock,
        draw: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.total = total
        self.unit = unit
        self.clock = clock
        width = terminal.width
        started = clock.now
        self.draw = terminal.isInteractive ? draw : nil
    }

    deinit { finish() }

    /// `count` further units are done.
    func advance(by count: Int64 = 1) {
        guard draw != nil else { return }
        redraw { $0 + count }
    }

    /// `count` units are done in all.
    func update(to count: Int64) {
        guard draw != nil else { return }
        redraw { _ in count }
    }

    /// Removes the bar.
    func finish() {
        guard let draw else { return }
        state.withLock { state in
            if !state.isFinished, state.lastWidth > 0 { draw("\r" + String(repeating: " ", count: state.lastWidth) + "\r") }
            state.isFinished = true
        }
    }

    private func redraw(_ change: (Int64) -> Int64) {
        let now = clock.now
        state.withLock { state in
            state.done = change(state.done)
            guard !state.isFinished else { return }
            if let last = state.lastDrawn, now - last < Self.interval { return }
            state.lastDrawn = now
            let line = String(text(done: state.done, elapsed: now - started).prefix(max(10, width - 1)))
            draw?("\r" + line + String(repeating: " ", count: max(0, state.lastWidth - line.count)))
            state.lastWidth = line.count
        }
    }

    /// One line such as `ingest [#####.....]  50%  1,000 / 2,000 files  200/s  0:05 left`.
    func text(done: Int64, elapsed: Int64) -> String {
        let seconds = Double(elapsed) / Double(UnixNanos.perSecond)
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let speed = rate > 0 ? "  \(TextFormat.short(rate))/s" : ""
        guard let total, total > 0 else { return "\(label)  \(TextFormat.count(done)) \(unit)\(speed)" }
        let share = min(1, max(0, Double(done) / Double(total)))
        let filled = Int((share * 20).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
        let left = rate > 0 && done < total ? "  \(TextFormat.duration(Double(total - done) / rate)) left" : ""
        let digits = String(Int(share * 100))
        let percent = String(repeating: " ", count: 3 - digits.count) + digits + "%"
        let counts = "\(TextFormat.count(done)) / \(TextFormat.count(total)) \(unit)"
        return "\(label) [\(bar)] \(percent)  \(counts)\(speed)\(left)"
    }
}
