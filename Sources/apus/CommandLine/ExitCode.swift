import Primitives

/// How the program ends. Thrown by a command that has already said what is wrong.
enum ExitCode: Int32, Error, CaseIterable {
    case success = 0
    /// The work could not be done: a file cannot be written, a run failed.
    case failure = 1
    /// The command line is wrong.
    case usage = 2
    /// What was given to work on is invalid: a workbook, a snapshot, a data file.
    case invalidInput = 3
    /// Interrupted by the user (Ctrl-C), as shells count it.
    case interrupted = 130

    var meaning: String {
        switch self {
        case .success: "success"
        case .failure: "the work failed"
        case .usage: "the command line is wrong"
        case .invalidInput: "invalid configuration or input data"
        case .interrupted: "interrupted"
        }
    }

    /// The areas of `ApusError.code` that mean that the input is at fault.
    private static let inputAreas: Set<String> = [
        "config", "csv", "dbn", "input", "json", "parquet", "snapshot", "spec", "symbology", "workbook", "xlsx", "yaml", "zip",
        "zstd",
    ]

    init(_ error: any Error) {
        switch error {
        case let code as ExitCode: self = code
        case is UsageError: self = .usage
        case let error as ApusError:
            let area = error.code.split(separator: ".").first.map(String.init) ?? ""
            self = Self.inputAreas.contains(area) ? .invalidInput : .failure
        default: self = .failure
        }
    }
}
