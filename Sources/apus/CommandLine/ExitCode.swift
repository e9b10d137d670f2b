import Market
import Primitives

/// How the program ends. Thrown by a command that has already said what is wrong.
enum ExitCode: Int32, Error, CaseIterable {
    case success = 0
    /// The work could not be done: a file cannot be written, another process holds the workspace, or the program itself is at
    /// fault.
    case failure = 1
    /// The command line is wrong.
    case usage = 2
    /// What was given to work on is missing or invalid: a workbook, a snapshot, a data file.
    case invalidInput = 3
    /// Interrupted by the user (Ctrl-C), as shells count it.
    case interrupted = 130

    var meaning: String {
        switch self {
        case .success: "success"
        case .failure: "the work failed"
        case .usage: "the command line is wrong"
        case .invalidInput: "missing or invalid configuration or input data"
        case .interrupted: "interrupted"
        }
    }

    /// The areas of `ApusError.code` that mean that what the program was given is at fault: configuration or data.
    private static let inputAreas: Set<String> = [
        "calendar", "config", "conversion", "csv", "daily", "data", "dbn", "demo", "derive", "enrich", "events",
        "feature", "features", "futures", "gate", "ingest", "input", "json", "label", "orders", "parquet", "report",
        "result", "run", "session", "signals", "snapshot", "spec", "strategy", "symbology", "timed", "workbook", "xlsx",
        "yaml", "zip", "zstd",
    ]

    /// Where a code means something else than its area.
    private static let exceptions: [String: ExitCode] = [
        // What cannot be read was named by the user or by the configuration; what cannot be written is the machine's affair.
        "file.read": .invalidInput, "file.utf8": .invalidInput, "workspace.missing": .invalidInput,
        // A finding, as that of `apus features audit`.
        "feature.leak": .failure,
        "config.exists": .failure, "dbn.output": .usage, "parquet.closed": .failure, "workbook.sample": .failure,
        "xlsx.write": .failure, "zstd.compress": .failure, "zstd.memory": .failure,
    ]

    init(_ error: any Error) {
        switch error {
        case let code as ExitCode: self = code
        case is UsageError: self = .usage
        case let failure as StepFailure: self = ExitCode(failure.cause)
        case let error as ApusError:
            let area = error.code.split(separator: ".").first.map(String.init) ?? ""
            self = Self.exceptions[error.code] ?? (Self.inputAreas.contains(area) ? .invalidInput : .failure)
        // Data that leave the calendar of whoever reads them.
        case is CalendarError: self = .invalidInput
        default: self = .failure
        }
    }
}

/// A step of the runbook that failed.
struct StepFailure: Error {
    let step: Int
    let command: String
    let cause: any Error
}
