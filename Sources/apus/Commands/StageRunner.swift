import Contracts
import Lake
import Pipeline
import Primitives

/// The stages as commands and the runbook run them.
enum StageRunner {
    static func ingest(_ context: CommandContext, _ workspace: Workspace, only: [String] = []) throws {
        let progress = context.progress("ingest", total: Int64(workspace.sourceFileCount(only: only)), unit: "files")
        let outcomes = try context.working(on: workspace, "ingest") { log in
            let stage = IngestStage(workspace, registry: try workspace.registry())
            let outcomes = try stage.run(only: only) { file in
                log.debug("ingest file", ["file": .string(file)])
                progress.advance()
            }
            for outcome in outcomes {
                log.emit(
                    outcome.action != .unchanged ? .info : .debug, "ingested",
                    [
                        "dataset": .string(outcome.datasetID), "file": .string(outcome.source),
                        "action": .string(outcome.action.rawValue), "rows": .int(Int64(outcome.rows)),
                        "sha256": .string(outcome.digest.hex),
                    ])
            }
            return outcomes
        }
        progress.finish()
        let json = outcomes.map { outcome -> JSONValue in
            [
                "dataset_id": .string(outcome.datasetID), "source": .string(outcome.source),
                "action": .string(outcome.action.rawValue),
                "rows": .int(Int64(outcome.rows)), "sha256": .string(outcome.digest.hex),
                "left_out": .array(outcome.leftOut.map { .string($0) }),
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([.left("dataset"), .left("file"), .left("action"), .right("rows"), .left("sha256")])
            for outcome in outcomes {
                let name = outcome.source.split(separator: "/").last.map(String.init) ?? outcome.source
                table.add([outcome.datasetID, name, outcome.action.rawValue, "\(outcome.rows)", outcome.digest.short])
            }
            try context.print(table)
            for outcome in outcomes where !outcome.leftOut.isEmpty {
                let columns = outcome.leftOut.joined(separator: ", ")
                try context.print("\(outcome.datasetID): left out, as they hold no numbers: \(columns)")
            }
        }
    }

    static func derive(_ context: CommandContext, _ workspace: Workspace, only: [String] = []) throws {
        let progress = context.progress("derive", total: Int64(workspace.sessionCount(only: only)), unit: "sessions")
        let outcomes = try context.working(on: workspace, "derive") { log in
            let stage = DeriveStage(workspace, registry: try workspace.registry())
            let outcomes = try stage.run(only: only) { session in
                log.debug("derive session", ["session": .string(session)])
                progress.advance()
            }
            for outcome in outcomes {
                log.emit(
                    outcome.wasBuilt ? .info : .debug, "derived",
                    [
                        "session": .string(outcome.sessionID), "built": .bool(outcome.wasBuilt),
                        "folder": .string(outcome.folder), "tables": .int(Int64(outcome.tables.count)),
                    ])
            }
            return outcomes
        }
        progress.finish()
        let json = outcomes.map { outcome -> JSONValue in
            [
                "session_id": .string(outcome.sessionID), "built": .bool(outcome.wasBuilt), "folder": .string(outcome.folder),
                "tables": .array(
                    outcome.tables.map {
                        ["name": .string($0.name), "rows": .int(Int64($0.rows)), "sha256": .string($0.digest.hex)]
                    }),
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([.left("session"), .left("table"), .left("action"), .right("rows"), .left("sha256")])
            for outcome in outcomes {
                for entry in outcome.tables {
                    table.add([
                        outcome.sessionID, entry.name, outcome.wasBuilt ? "built" : "up to date", "\(entry.rows)",
                        entry.digest.short,
                    ])
                }
            }
            try context.print(table)
        }
    }

    static func run(
        _ context: CommandContext, _ workspace: Workspace, only: [String] = [], schema: ResultSchema = .v1, audits: Bool = true
    ) throws {
        try run(
            context, RunStage(workspace, registry: try workspace.registry()), workspace, only: only, schema: schema,
            audits: audits)
    }

    static func run(
        _ context: CommandContext, _ stage: @autoclosure () throws -> RunStage, _ workspace: Workspace, only: [String] = [],
        schema: ResultSchema = .v1,
        audits: Bool = true
    ) throws {
        let progress = context.progress("run", total: Int64(workspace.backtestCount(only: only)), unit: "backtests")
        let outcomes = try context.working(on: workspace, "run") { log in
            let outcomes = try stage().run(only: only, schema: schema, audits: audits) { backtest in
                log.debug("run backtest", ["backtest": .string(backtest)])
                progress.advance()
            }
            for outcome in outcomes {
                for id in outcome.audit?.untested ?? [] {
                    log.warning(
                        "a feature has no value: no audit can say anything of it",
                        ["backtest": .string(outcome.backtestID), "feature": .string(id)])
                }
                log.emit(
                    outcome.wasRun ? .info : .debug, "ran",
                    [
                        "backtest": .string(outcome.backtestID), "run_id": .string(outcome.runID), "ran": .bool(outcome.wasRun),
                        "folder": .string(outcome.folder), "trades": .int(Int64(outcome.trades)),
                    ])
            }
            return outcomes
        }
        progress.finish()
        let json = outcomes.map { outcome -> JSONValue in
            [
                "backtest_id": .string(outcome.backtestID), "run_id": .string(outcome.runID), "folder": .string(outcome.folder),
                "ran": .bool(outcome.wasRun), "audit": outcome.auditJSON, "metrics": .object(outcome.metrics),
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([
                .left("backtest"), .left("run"), .left("action"), .left("features"), .right("trades"), .right("final equity"),
                .right("return"),
                .right("sharpe"),
                .right("max drawdown"),
            ])
            for outcome in outcomes {
                table.add([
                    outcome.backtestID, outcome.runID, outcome.wasRun ? "ran" : "up to date", outcome.auditText,
                    "\(outcome.trades)", NumberText.fixed(outcome.finalEquity, 2),
                    NumberText.percent(outcome.metrics["total_return"]?.doubleValue),
                    NumberText.fixed(outcome.metrics["sharpe"]?.doubleValue, 2),
                    NumberText.percent(outcome.metrics["max_drawdown"]?.doubleValue),
                ])
            }
            try context.print(table)
        }
    }

    static func report(_ context: CommandContext, _ workspace: Workspace) throws {
        let outcomes = try context.working(on: workspace, "report") { log in
            let outcomes = try WorkspaceReports(workspace).write()
            for outcome in outcomes {
                log.emit(
                    outcome.wasWritten ? .info : .debug, "reported",
                    ["run_id": .string(outcome.runID), "report": .string(outcome.path), "written": .bool(outcome.wasWritten)])
            }
            return outcomes
        }
        try context.emit(
            json: .array(
                outcomes.map { ["run_id": .string($0.runID), "report": .string($0.path), "written": .bool($0.wasWritten)] })
        ) {
            for outcome in outcomes { try context.print("\(outcome.wasWritten ? "wrote" : "up to date") \(outcome.path)") }
        }
    }
}

extension RunOutcome {
    fileprivate var auditJSON: JSONValue {
        guard let audit else { return "off" }
        return [
            "audited_now": .int(Int64(audit.auditedNow)), "audited_before": .int(Int64(audit.auditedBefore)),
            "untested": .array(audit.untested.map { .string($0) }),
        ]
    }

    fileprivate var auditText: String {
        guard let audit else { return "not audited" }
        let total = audit.auditedNow + audit.auditedBefore
        return total == 0 ? "none" : audit.untested.isEmpty ? "audited" : "\(audit.untested.count) of \(total) untested"
    }
}

extension CommandContext {
    /// Holds the workspace's lock and keeps its log while `body` writes there.
    /// - Parameter seconds: how long to wait for another process that holds the lock.
    func working<Result>(
        on workspace: Workspace, _ stage: String, waiting seconds: Int = 5, _ body: (Log) throws -> Result
    ) throws -> Result {
        let lock = try lock(workspace, waiting: seconds)
        defer { withExtendedLifetime(lock) {} }
        // The file tells what changed: a stage that finds everything up to date leaves it as it is.
        let log = try log.appending(to: workspace.logFile, minimum: .info)
        log.debug(
            "begin " + stage,
            [
                "stage": .string(stage), "workspace": .string(workspace.root), "version": .string(ProgramVersion.current),
                "snapshot": .string(workspace.configuration.snapshotDigest.hex),
            ])
        do {
            let result = try body(log)
            log.debug("end " + stage, ["stage": .string(stage)])
            return result
        } catch {
            // Standard error gets it at the end of the program.
            try? logFailure(error, stage, workspace)
            throw error
        }
    }

    private func lock(_ workspace: Workspace, waiting seconds: Int) throws -> WorkspaceLock {
        do { return try WorkspaceLock(workspace) } catch let error as ApusError where error.code == "workspace.locked" {
            if seconds > 5 { log.warning("waiting for another apus", ["reason": .string("\(error)")]) }
            return try WorkspaceLock(workspace, waiting: seconds)
        }
    }

    private func logFailure(_ error: any Error, _ stage: String, _ workspace: Workspace) throws {
        let log = try Log(minimum: .error, clock: clock, asJSON: true, sink: { _ in }).appending(to: workspace.logFile)
        let code = (error as? ApusError)?.code ?? "internal"
        log.error("\(error)", ["stage": .string(stage), "code": .string(code)])
    }
}
