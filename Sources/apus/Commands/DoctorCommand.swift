import Pipeline
import Primitives
import Reporting

extension Command {
    static let doctor = Command(
        name: "doctor", summary: "Look at a result as an experienced reader does before believing it.",
        discussion: """
            RUN is a result folder of either layout, or a run's id or folder in a workspace. An error means that the result \
            cannot be real, a warning that somebody should look at it. Checks that need bars take them from the run's workspace, \
            or from --prices; what cannot be checked is listed with the reason. docs/concepts/doctor.md tells every check and \
            its limits. Exits with 1 where there is an error, with --strict also where there is a warning.
            """,
        examples: [
            .init("apus doctor SPX_MOMENTUM_DAILY --workspace demo-workspace", "the run of a backtest that ran once"),
            .init("apus doctor result --prices prices.parquet --strict", "a folder of `apus backtest signals`, with its bars"),
            .init("apus doctor result --prices es.parquet --rolls es.rolls.parquet --json", "a continuous series and its rolls"),
        ],
        options: [
            .value("workspace", short: "w", "DIR", "workspace folder that ids are looked for in", default: "."),
            .value("snapshot", "FILE", "use this exported snapshot instead of the workbook"),
            .value("prices", "PRICES", "Parquet file with the bars that the run read"),
            .value("rolls", "FILE", "rolls of the continuous series, as `apus futures continuous` writes them"),
            .flag("strict", "warnings count as errors"),
            .flag("all", "name the checks that found nothing too"),
        ],
        arguments: [.init("RUN", "a result folder, or the id of a run or of a backtest that ran once")]
    ) { context in
        let arguments = context.arguments
        let outcome = try DoctorStage.examine(
            .init(
                run: arguments.argument("RUN"), prices: arguments.optionalString("prices").map(WorkspaceRoot.absolute),
                rolls: arguments.optionalString("rolls").map(WorkspaceRoot.absolute),
                workspace: WorkspaceRoot.absolute(arguments.string("workspace")), snapshot: arguments.optionalString("snapshot")),
            clock: context.clock)
        let report = outcome.report
        var document = report.json.objectValue ?? [:]
        document["run"] = .string(outcome.name)
        document["folder"] = .string(outcome.folder)
        try context.emit(json: .object(document)) { try context.printDoctor(outcome, all: arguments.flag("all")) }
        let counted = report.count(.error) + (arguments.flag("strict") ? report.count(.warning) : 0)
        if counted > 0 { throw ExitCode.failure }
    }
}

extension CommandContext {
    fileprivate func printDoctor(_ outcome: DoctorStage.Outcome, all: Bool) throws {
        let report = outcome.report
        for (code, finding) in report.findings {
            try print("\(finding.severity.rawValue)  \(code)")
            try print("  " + finding.message)
            if !finding.places.isEmpty {
                let more = finding.count > finding.places.count ? ", and \(finding.count - finding.places.count) more" : ""
                try print("  where: " + finding.places.joined(separator: "; ") + more)
            }
            try print("  do: " + finding.advice)
            try print()
        }
        if !report.notChecked.isEmpty {
            try print("not checked:")
            // By reason, so that one that is missing for many checks is said once.
            var reasons: [String] = []
            for (_, reason) in report.notChecked where !reasons.contains(reason) { reasons.append(reason) }
            for reason in reasons {
                let codes = report.notChecked.filter { $0.reason == reason }.map(\.code).joined(separator: ", ")
                try print("  \(codes): \(reason)")
            }
            try print()
        }
        if all {
            for entry in report.entries where entry.verdict == .fine { try print("ok  \(entry.code): \(entry.title)") }
            try print()
        }
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        try print(
            "\(outcome.name): \(count(report.count(.error), "error")), \(count(report.count(.warning), "warning")), "
                + "\(count(report.count(.note), "note")); \(report.passed) checks found nothing, "
                + "\(report.notChecked.count) not made")
    }
}
