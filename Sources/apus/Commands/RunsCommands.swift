import Lake
import Pipeline
import Primitives

extension Command {
    static let runsList = Command(
        name: "list", summary: "List the finished runs with their folders.",
        examples: [.init("apus runs list --json", "run ids, folders, digests and metrics for another program")],
        options: .workspace
    ) { context in
        let runs = try RunList.all(try context.openWorkspace(exporting: false))
        let json = runs.map { run -> JSONValue in
            [
                "run_id": .string(run.runID), "backtest_id": .string(run.backtestID), "as_of": .string(run.asOf),
                "folder": .string(run.folder),
                "snapshot_sha256": .string(run.snapshotDigest), "cost_sha256": .string(run.costDigest),
                "manifest_sha256": .string(run.digest),
                "metrics": .object(run.metrics), "problem": run.problem.map { .string($0) } ?? .null,
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([.left("run"), .left("as of"), .right("return"), .right("sharpe"), .left("folder")])
            for run in runs {
                table.add([
                    run.runID, run.problem == nil ? run.asOf : "damaged",
                    NumberText.percent(run.metrics["total_return"]?.doubleValue),
                    NumberText.fixed(run.metrics["sharpe"]?.doubleValue, 2), run.folder,
                ])
            }
            try context.print(table)
        }
    }

    static let lakeStatus = Command(
        name: "status", summary: "Show what the lake holds: files, coverage, derived tables.",
        discussion: "Exits with 1 where a raw, canonical, derived or result file is missing or not as it was written.",
        examples: [.init("apus lake status --verify", "recompute the sha256 of every file")],
        options: .workspace + [.flag("verify", "recompute the sha256 of every file")]
    ) { context in
        let status = try LakeStatus.read(
            try context.openWorkspace(exporting: false), verify: context.arguments.flag("verify"))
        try context.emit(json: status.json) {
            var table = TextTable([
                .left("dataset"), .left("file"), .right("rows"), .right("bytes"), .left("first"), .left("last"), .left("sha256"),
                .left("state"),
            ])
            for file in status.files {
                let record = file.record
                table.add([
                    record.datasetID, record.sourceName, "\(record.rows)", "\(record.bytes)",
                    record.firstTime?.description ?? "-",
                    record.lastTime?.description ?? "-", String(record.sha256.prefix(12)), file.condition.rawValue,
                ])
            }
            try context.print(table)
            try context.print()
            var derived = TextTable([.left("derived table"), .right("rows"), .left("sha256"), .left("path")])
            for record in status.derived {
                derived.add([record.tableID, "\(record.rows)", String(record.digest.prefix(12)), record.path])
            }
            try context.print(derived)
            for damage in status.damage {
                try context.print("\(damage.kind.rawValue) \(damage.condition.rawValue): \(damage.path)")
            }
        }
        if !status.damage.isEmpty { throw ExitCode.failure }
    }
}

extension LakeStatus {
    var json: JSONValue {
        [
            "files": .array(
                files.map { file in
                    let record = file.record
                    return [
                        "dataset_id": .string(record.datasetID), "source": .string(record.sourceName),
                        "raw": .string(record.rawPath),
                        "canonical": record.canonicalPath.map { .string($0) } ?? .null, "sha256": .string(record.sha256),
                        "bytes": .int(record.bytes),
                        "rows": .int(record.rows), "first": record.firstTime.map { .string($0.description) } ?? .null,
                        "last": record.lastTime.map { .string($0.description) } ?? .null, "schema": .string(record.schema),
                        "ingest_time": .string(record.ingestTime.description), "state": .string(file.condition.rawValue),
                    ]
                }),
            "derived": .array(
                derived.map {
                    [
                        "table_id": .string($0.tableID), "rows": .int($0.rows), "sha256": .string($0.digest),
                        "path": .string($0.path), "parameters": $0.parameters,
                    ]
                }),
            "vintages": .array(
                vintages.map {
                    [
                        "dataset_id": .string($0.datasetID), "vintage": .int($0.vintage), "source": .string($0.sourceName),
                        "sha256": .string($0.sha256),
                        "rows": .int($0.rows),
                        "first_revision": $0.firstRevision.map { .string($0.description) } ?? .null,
                    ]
                }),
            "coverage": .array(
                coverage.map {
                    [
                        "dataset_id": .string($0.datasetID), "utc_date": .string($0.utcDate.description), "rows": .int($0.rows),
                        "first": .string($0.firstTime.description), "last": .string($0.lastTime.description),
                    ]
                }),
            "damage": .array(
                damage.map {
                    [
                        "kind": .string($0.kind.rawValue), "path": .string($0.path), "state": .string($0.condition.rawValue),
                    ]
                }),
        ]
    }
}
