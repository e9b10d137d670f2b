import Contracts
import Features
import Labels
import Lake
import Pipeline
import Primitives

extension Command {
    static let labelsDefinitions = Command(
        name: "definitions", summary: "List the labels that LABELS may name, or explain one.",
        examples: [
            .init("apus labels definitions --family barriers", "one family"),
            .init("apus labels definitions triple_barrier", "formula, source, inputs and parameters of one"),
            .init("apus labels definitions fwd_ret_15m --json", "what a name that carries parameters stands for"),
        ],
        options: [
            .value("family", "NAME", "only this family", choices: LabelDefinition.Family.allCases.map(\.rawValue))
        ],
        arguments: [.init("NAME", "a label", optional: true)]
    ) { context in
        let family = context.arguments.optionalString("family")
        let all = LabelCatalogue.all.filter { family == nil || $0.family.rawValue == family }
        guard let name = context.arguments.optionalArgument("NAME") else {
            return try context.emit(json: .array(all.map { $0.json() })) {
                var table = TextTable([.left("label"), .left("family"), .left("units"), .left("parameters")])
                for item in all { table.add([item.name, item.family.rawValue, item.units, item.parameters.plainText]) }
                try context.print(table)
                try context.print("\(all.count) labels; `apus labels definitions NAME` explains one")
            }
        }
        let spec: LabelSpec
        do { spec = try LabelSpec.named(name) } catch let error as LabelError { throw ApusError("config.unknown", "\(error)") }
        guard let item = LabelCatalogue.named(spec.definition) else { return }
        try context.emit(json: item.json(spec)) {
            try context.print("\(item.name)  (\(item.family.rawValue), version \(item.version))")
            if name != item.name { try context.print("  \(name)  \(spec.parameters.plainText)") }
            try context.print("  formula  " + item.formula)
            try context.print("  source   " + item.source)
            try context.print("  units    " + item.units)
            if !item.inputs.isEmpty {
                try context.print("  reads    prices, " + item.inputs.map(\.rawValue).joined(separator: ", "))
            }
            try context.print("  cost     " + item.cost)
            for parameter in item.parameters { try context.print("  " + parameter.explanation) }
            for side in item.sides { try context.print("  column \(side.name)  \(side.meaning)") }
        }
    }

    static let labelsList = Command(
        name: "list", summary: "List the enabled labels of a workspace.",
        examples: [.init("apus labels list --json", "definitions, inputs and parameters for another program")],
        options: .workspace
    ) { context in
        let workspace = try context.openWorkspace(exporting: false)
        let specs = workspace.configuration.labels
        try context.emit(json: .array(specs.map(\.json))) {
            var table = TextTable([
                .left("label"), .left("instrument"), .left("definition"), .left("parameters"), .left("reads"), .left("tags"),
            ])
            for spec in specs {
                table.add([
                    spec.id, spec.instrumentID, spec.label, spec.parameters.plainText, spec.readsText,
                    spec.tags.joined(separator: ", "),
                ])
            }
            try context.print(table)
        }
    }

    static let labelsBuild = Command(
        name: "build", summary: "Compute labels into their cache.",
        discussion: """
            A label of a bar is decided at its close and looks at the bars after it. Its file tells when each outcome was fully \
            known; rows whose outcome lies beyond the data are pending. A column is computed once and anew when its data change. \
            Features that scale barriers or give the side are read as they were known at the decision.
            """,
        examples: [.init("apus labels build", "every enabled label"), .init("apus labels build spx_fwd_ret_21d", "one")],
        options: .workspace, arguments: [.init("ID", "a label; all where absent", optional: true, repeats: true)]
    ) { context in
        try StageRunner.labels(context, try context.openWorkspace(), ids: context.arguments.arguments("ID"))
    }

    static let labelsExport = Command(
        name: "export", summary: "Write the part of a label that a training may use.",
        discussion: """
            Rows decided at --from or later whose outcome was fully known by --through, so that nothing of what is tested after \
            that time is in them. Their weights are the average uniqueness among these rows alone (Lopez de Prado 2018, 4.4).
            """,
        examples: [
            .init(
                "apus labels export es_barrier --through 2023-12-25T17:00:00Z --out train.parquet", "what was known by then")
        ],
        options: .workspace + [
            .value("from", "TIME", "earliest decision, ISO 8601 in UTC, or a date for its beginning"),
            .value("through", "TIME", "when outcomes must be known, ISO 8601 in UTC, or a date for its end"),
            .value("out", "FILE", "Parquet file to write", required: true),
        ],
        arguments: [.init("ID", "a label")]
    ) { context in
        let from = try context.arguments.time("from", dateMeans: .beginning)
        let through = try context.arguments.time("through", dateMeans: .end)
        let workspace = try context.openWorkspace(exporting: false)
        let sample = try LabelStage(workspace, registry: try workspace.registry()).export(
            context.arguments.argument("ID"), from: from, through: through,
            to: WorkspaceRoot.absolute(context.arguments.string("out")))
        try context.emit(json: sample.json) {
            let span = sample.decisions.map { ", decided from \($0.lowerBound) to \($0.upperBound)" } ?? ""
            let effective = TextFormat.fixed(sample.effectiveRows, 1)
            try context.print("\(sample.rows) rows of \(sample.id)\(span), worth \(effective) that overlap with none")
            try context.print("in \(sample.file.path)")
        }
    }

    static let labelsCollect = Command(
        name: "gc", summary: "Take away cached labels that nothing uses.",
        examples: [.init("apus labels gc --dry-run", "only tell what would go")],
        options: .cacheCleaning
    ) { context in
        let workspace = try context.openWorkspace(exporting: false)
        let stage = LabelStage(workspace, registry: try workspace.registry())
        try context.cleanCache { try stage.collect(keep: $0, dryRun: $1) }
    }

    static let labelsAudit = Command(
        name: "audit", summary: "Prove that labels are known when they claim to be.",
        discussion: """
            Every label is computed again on data as they were known at sampled times, and on data whose future is changed. A \
            label that had ended by then must be the same, and no other may have a value. What differs is named with label, \
            time and input, and the exit code is 1.
            """,
        examples: [
            .init("apus labels audit", "every enabled label"), .init("apus labels audit --thorough", "fifty times each"),
        ],
        options: .workspace + [.flag("thorough", "many sampled times, about thirty computations a label")],
        arguments: [.init("ID", "a label; all where absent", optional: true, repeats: true)]
    ) { context in
        let workspace = try context.openWorkspace(exporting: false)
        try StageRunner.labelAudit(
            context, workspace, ids: context.arguments.arguments("ID"), thorough: context.arguments.flag("thorough"))
    }
}

extension StageRunner {
    static func labels(_ context: CommandContext, _ workspace: Workspace, ids: [String]) throws {
        let stage = LabelStage(workspace, registry: try workspace.registry())
        let progress = context.progress("labels", total: Int64(try stage.specs(ids).count), unit: "labels")
        let outcomes = try stage.build(ids) { _ in progress.advance() }
        progress.finish()
        try context.working(on: workspace, "labels", waiting: 3_600) { log in
            try stage.register(outcomes)
            for outcome in outcomes {
                log.emit(
                    outcome.wasBuilt ? .info : .debug, "label",
                    [
                        "label": .string(outcome.id), "built": .bool(outcome.wasBuilt), "rows": .int(Int64(outcome.rows)),
                        "folder": .string(outcome.folder),
                    ])
            }
        }
        try context.emit(json: .array(outcomes.map(\.json))) {
            var table = TextTable([
                .left("label"), .left("action"), .right("rows"), .right("with a value"), .right("pending"), .left("data through"),
                .left("sha256"),
            ])
            for outcome in outcomes {
                table.add([
                    outcome.id, outcome.action, "\(outcome.rows)", "\(outcome.labelled)", "\(outcome.pending)",
                    outcome.asOf ?? "-", String(outcome.digest.prefix(12)),
                ])
            }
            try context.print(table)
        }
    }

    static func labelAudit(_ context: CommandContext, _ workspace: Workspace, ids: [String], thorough: Bool) throws {
        let stage = LabelStage(workspace, registry: try workspace.registry())
        let progress = context.progress("audit", total: Int64(try stage.specs(ids).count), unit: "labels")
        let outcomes = try stage.audit(ids, with: thorough ? .thorough : .standard) { _ in progress.advance() }
        progress.finish()
        try context.emit(json: .array(outcomes.map(\.json))) {
            var table = TextTable([
                .left("label"), .left("verdict"), .right("rows"), .right("with a value"), .right("pending"),
            ])
            for outcome in outcomes {
                table.add([
                    outcome.id, outcome.leaks.isEmpty ? "known at its end" : "LEAKS", "\(outcome.rows)", "\(outcome.labelled)",
                    "\(outcome.pending)",
                ])
            }
            try context.print(table)
            for leak in outcomes.flatMap(\.leaks) { try context.print(leak.description) }
        }
        if outcomes.contains(where: { !$0.leaks.isEmpty }) { throw ExitCode.failure }
    }
}
