/// A command that a step of RUNBOOK may be.
public struct RunbookCommand: Hashable, Sendable {
    public enum Arguments: Hashable, Sendable {
        case none
        /// At most one file or folder.
        case path
        /// Any number of ids of the sheets.
        case ids([String])
    }

    /// The words after `apus`, such as `lake status`.
    public let words: [String]
    public let arguments: Arguments
    /// Options followed by a value; those without one.
    public let valueOptions: [String]
    public let flags: [String]

    private init(_ words: String, _ arguments: Arguments = .none, valueOptions: [String] = [], flags: [String] = []) {
        self.words = words.split(separator: " ").map(String.init)
        self.arguments = arguments
        self.valueOptions = ["--workspace", "-w", "--snapshot", "--threads"] + valueOptions
        self.flags = ["--json", "--quiet", "-q", "--verbose", "-v"] + flags
    }

    /// A longer command stands before the one that it begins with.
    public static let all = [
        RunbookCommand("config check", .path), RunbookCommand("config export"), RunbookCommand("ingest", .ids(["DATASETS"])),
        RunbookCommand("derive sessions", .ids(["SESSIONS"])), RunbookCommand("derive", .ids(["SESSIONS"])),
        RunbookCommand("features build", .ids(["FEATURE_LIBRARY", "ENGINEERED_FEATURES"])),
        RunbookCommand(
            "features audit", .ids(["FEATURE_LIBRARY", "ENGINEERED_FEATURES"]), flags: ["--thorough", "--allow-untested"]),
        RunbookCommand("labels build", .ids(["LABELS"])),
        RunbookCommand("labels audit", .ids(["LABELS"]), flags: ["--thorough"]),
        RunbookCommand("run", .ids(["BACKTESTS"]), valueOptions: ["--schema"]),
        RunbookCommand("report", .path, valueOptions: ["--out"]),
        RunbookCommand("lake status", flags: ["--verify"]), RunbookCommand("runs list"),
    ]

    static let list = all.map { $0.words.joined(separator: " ") }.joined(separator: ", ")
}
