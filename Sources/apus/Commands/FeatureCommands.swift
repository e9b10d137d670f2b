import Contracts
import Features
import Lake
import Pipeline
import Primitives
import Statistics

extension Command {
    static let featuresTransforms = Command(
        name: "transforms", summary: "List what makes features of columns and of other features, or explain one.",
        examples: [
            .init("apus features transforms --family volatility", "one family"),
            .init("apus features transforms rsi", "formula, source, warm-up and parameters of one"),
        ],
        options: [
            .value("workspace", short: "w", "DIR", "workspace whose spec/features/*.yaml count too", default: "."),
            .value(
                "family", "NAME", "only this family", choices: TransformDefinition.Family.allCases.map(\.rawValue)),
        ],
        arguments: [.init("NAME", "a transform", optional: true)]
    ) { context in
        let library = try Workspace.transforms(WorkspaceRoot.absolute(context.arguments.string("workspace")))
        let family = context.arguments.optionalString("family")
        let known = library.all + library.combinations
        guard let name = context.arguments.optionalArgument("NAME") else {
            func ofFamily(_ list: [TransformDefinition]) -> [TransformDefinition] {
                list.filter { family == nil || $0.family.rawValue == family }
            }
            let (transforms, combinations) = (ofFamily(library.all), ofFamily(library.combinations))
            return try context.emit(
                json: .array(transforms.map { $0.json(combines: false) } + combinations.map { $0.json(combines: true) })
            ) {
                for (title, list) in [("transform", transforms), ("combine_transform", combinations)] where !list.isEmpty {
                    var table = TextTable([.left(title), .left("family"), .left("reads"), .left("parameters")])
                    for item in list { table.add([item.name, item.family.rawValue, item.readsText, item.parametersText]) }
                    try context.print(table)
                    try context.print()
                }
                if !combinations.isEmpty {
                    try context.print(
                        "The second list makes one feature of several: combine_transform of ENGINEERED_FEATURES, which also "
                            + "takes those of the first list that read as many inputs.")
                }
                try context.print(
                    "\(transforms.count) transforms and \(combinations.count) that combine features; "
                        + "`apus features transforms NAME` explains one")
            }
        }
        guard let item = known.first(where: { $0.name == name }) else {
            throw ApusError(
                "config.unknown", "there is no transform \"\(name)\"",
                context: ["did you mean": Suggestion.closest(to: name, among: known.map(\.name)) ?? "-"])
        }
        let combines = library.named(name) == nil
        try context.emit(json: item.json(combines: combines)) {
            try context.print("\(item.name)  (\(item.family.rawValue), version \(item.version))")
            try context.print("  formula  " + item.formula)
            try context.print("  source   " + item.source)
            try context.print("  units    " + item.units)
            try context.print("  reads    " + item.readsText)
            if combines {
                try context.print("  named in combine_transform of ENGINEERED_FEATURES only: it makes one feature of several")
            }
            for spec in item.parameters { try context.print("  " + spec.explanation) }
            if let warmUp = item.defaultWarmUp { try context.print("  warm-up  \(warmUp) rows with the defaults") }
            if item.hasOpenWarmUp { try context.print("  warm-up  depends on the data") }
        }
    }

    static let featuresList = Command(
        name: "list", summary: "List the enabled features of a workspace.",
        examples: [.init("apus features list --json", "transforms, inputs and parameters for another program")],
        options: .workspace
    ) { context in
        let workspace = try context.openWorkspace(exporting: false)
        let specs = try FeatureStage(workspace, registry: try workspace.registry()).specs()
        try context.emit(json: .array(specs.map(\.json))) {
            var table = TextTable([.left("feature"), .left("transform"), .left("inputs"), .left("parameters"), .left("tags")])
            for spec in specs {
                table.add([
                    spec.id, spec.transform, spec.inputsText, spec.parameters.plainText, spec.tags.joined(separator: ", "),
                ])
            }
            try context.print(table)
        }
    }

    static let featuresBuild = Command(
        name: "build", summary: "Compute features into the cache.",
        discussion: """
            A column is computed once: the cache is keyed by transform, version, parameters, inputs and their availability. \
            Where the inputs only grew, the column is continued from its last row, with the same bytes as if computed whole.
            """,
        examples: [.init("apus features build", "every enabled feature"), .init("apus features build vix_level", "one")],
        options: .workspace, arguments: [.init("ID", "a feature; all where absent", optional: true, repeats: true)]
    ) { context in
        let workspace = try context.openWorkspace()
        try StageRunner.features(context, workspace, ids: context.arguments.arguments("ID"))
    }

    static let featuresCompute = Command(
        name: "compute", summary: "Compute features of a Parquet file of your own.",
        discussion: """
            SPEC is YAML: `time`, the column of the rows' times (ts, timestamp, time, datetime or date where absent), and \
            `features`, a list of {id, transform, inputs, parameters, winsorize, normalize}. Inputs are columns of DATA or \
            earlier features; left out, they are the columns called like the transform's inputs. A row of the output uses that \
            row of DATA and those before it alone; a row that is not later than the one before it is an error, so a table of several \
            symbols is computed symbol by symbol. The table streams: memory does not grow with its length.
            """,
        examples: [
            .init("apus features compute bars.parquet --spec features.yaml --out features.parquet", "one column a feature")
        ],
        options: [
            .value("spec", "SPEC", "YAML file with the features", required: true),
            .value("out", "FILE", "Parquet file to write", required: true),
        ],
        arguments: [.init("DATA", "a Parquet file, rows in the order of time, each time once")]
    ) { context in
        let outcome = try FeatureFile.compute(
            data: WorkspaceRoot.absolute(context.arguments.argument("DATA")),
            specification: WorkspaceRoot.absolute(context.arguments.string("spec")),
            output: WorkspaceRoot.absolute(context.arguments.string("out")))
        let summary = outcome.summary
        try context.emit(
            json: [
                "path": .string(summary.path), "rows": .int(Int64(summary.rows)), "bytes": .int(Int64(summary.bytes)),
                "sha256": .string(summary.digest.hex), "features": .array(outcome.features.map { .string($0) }),
            ]
        ) { try context.print("\(outcome.features.count) features of \(summary.rows) rows in \(summary.path)") }
    }

    static let featuresAudit = Command(
        name: "audit", summary: "Prove that features do not use the future.",
        discussion: """
            Every feature is computed again on data as they were known at sampled times, and on data whose future is changed. A \
            value of the past that differs is a leak: the audit names feature, time and input, and exits with 1. A feature \
            without a value is untested and fails too, unless --allow-untested. Warm-up, missing values and sensitivity to \
            revised data are told beside; --thorough adds the sensitivity to publication lag.
            """,
        examples: [
            .init("apus features audit", "every enabled feature"), .init("apus features audit --thorough", "fifty times each"),
        ],
        options: .workspace + [
            .flag("thorough", "many sampled times, about thirty computations a feature"),
            .flag("allow-untested", "features that have no value yet do not fail the audit"),
        ],
        arguments: [.init("ID", "a feature; all where absent", optional: true, repeats: true)]
    ) { context in
        let workspace = try context.openWorkspace(exporting: false)
        try StageRunner.featureAudit(
            context, FeatureStage(workspace, registry: try workspace.registry()), ids: context.arguments.arguments("ID"),
            thorough: context.arguments.flag("thorough"), allowsUntested: context.arguments.flag("allow-untested"))
    }

    static let featuresCollect = Command(
        name: "gc", summary: "Take away cached features that nothing uses.",
        examples: [.init("apus features gc --dry-run", "only tell what would go")],
        options: .cacheCleaning
    ) { context in
        let workspace = try context.openWorkspace(exporting: false)
        let stage = FeatureStage(workspace, registry: try workspace.registry())
        try context.cleanCache { try stage.collect(keep: $0, dryRun: $1) }
    }

    static let explainFeature = Command(
        name: "feature", summary: "Show a feature's value at a time and everything it comes from.",
        discussion: """
            The value is the one that a decision at TIME reads; lag_days counts rows from the last bar that has closed by then. Its \
            inputs are shown as they were in force when it became known, \
            each with the time it became available, down to the raw files.
            """,
        examples: [
            .init("apus explain feature credit_z --at 2016-02-11T21:00:00Z -w demo-workspace", "a daily feature at a close")
        ],
        options: .workspace + [.value("at", "TIME", "ISO 8601 in UTC, or a date for its end", required: true)],
        arguments: [.init("ID", "a feature")]
    ) { context in
        guard let time = try context.arguments.time("at", dateMeans: .end) else { return }
        let workspace = try context.openWorkspace(exporting: false)
        let explanation = try FeatureStage(workspace, registry: try workspace.registry())
            .explain(context.arguments.argument("ID"), at: time)
        try context.emit(json: explanation.json) { try context.printExplanation(explanation) }
    }
}

extension StageRunner {
    static func features(_ context: CommandContext, _ workspace: Workspace, ids: [String]) throws {
        let stage = FeatureStage(workspace, registry: try workspace.registry())
        let progress = context.progress("features", total: Int64(try stage.specs(ids).count), unit: "features")
        let outcomes = try stage.build(ids) { _ in progress.advance() }
        progress.finish()
        // A run or an ingest that holds the workspace may take long, and what was computed is worth waiting for.
        try context.working(on: workspace, "features", waiting: 3_600) { log in
            try stage.register(outcomes)
            for outcome in outcomes {
                log.emit(
                    "\(outcome.action)" == "up to date" ? .debug : .info, "feature",
                    ["feature": .string(outcome.id), "action": .string("\(outcome.action)"), "rows": .int(Int64(outcome.rows))])
            }
        }
        let json = outcomes.map { outcome -> JSONValue in
            [
                "feature_id": .string(outcome.id), "spec_hash": .string(outcome.specHash), "rows": .int(Int64(outcome.rows)),
                "warm_up": outcome.warmUp.map { .int(Int64($0)) } ?? .null,
                "as_of": outcome.asOf.map { .string($0.description) } ?? .null,
                "action": .string("\(outcome.action)"), "folder": .string(outcome.folder), "sha256": .string(outcome.digest),
            ]
        }
        try context.emit(json: .array(json)) {
            var table = TextTable([
                .left("feature"), .left("action"), .right("rows"), .right("warm-up"), .left("known through"), .left("sha256"),
            ])
            for outcome in outcomes {
                table.add([
                    outcome.id, "\(outcome.action)", "\(outcome.rows)", outcome.warmUp.map { "\($0)" } ?? "by the data",
                    outcome.asOf?.description ?? "-",
                    String(outcome.digest.prefix(12)),
                ])
            }
            try context.print(table)
        }
    }

    static func featureAudit(
        _ context: CommandContext, _ stage: FeatureStage, ids: [String], thorough: Bool, allowsUntested: Bool = false
    ) throws {
        let progress = context.progress("audit", total: Int64(try stage.specs(ids).count), unit: "features")
        let outcomes = try stage.audit(ids, with: thorough ? .thorough : .standard, lateness: thorough) { _ in
            progress.advance()
        }
        progress.finish()
        try context.emit(json: .array(outcomes.map(\.json))) {
            var table = TextTable([
                .left("feature"), .left("verdict"), .right("compared"), .right("rows"), .right("warm-up"), .right("missing"),
                .right("start"),
                .right("row to row"), .right("ADF t"), .right("p"), .right("revised"), .right("published late"),
            ])
            for outcome in outcomes {
                let health = outcome.health
                table.add([
                    outcome.id, outcome.verdict.word, "\(outcome.verdict.comparedRows)", "\(health.rows)", health.warmUpText,
                    NumberText.percent(health.missingShare), NumberText.fixed(health.startDependence, 4),
                    NumberText.fixed(health.lagSensitivity, 2), NumberText.fixed(health.stationarity?.statistic, 2),
                    NumberText.fixed(health.stationarity?.pValue, 4),
                    outcome.revision?.text ?? "no vintages", outcome.lateness?.text ?? "-",
                ])
            }
            try context.print(table)
            for leak in outcomes.flatMap(\.leaks) { try context.print(leak.description) }
            for outcome in outcomes where outcome.verdict.isUntested {
                try context.print("\(outcome.id) is untested: none of its \(outcome.health.rows) rows has a value")
            }
            try context.print(
                "compared: rows with a value whose past was recomputed; missing: of the rows after the warm-up; start: change "
                    + "in standard deviations after the warm-up where the data begin later; row to row: mean change in "
                    + "standard deviations; ADF t and p: Dickey-Fuller test "
                    + "of the last \(FeatureHealth.testedValues) values, where a low p means stationary; revised: values that "
                    + "differ between the first vintage of the data and the present one, and their mean change; "
                    + "published late (with --thorough): the same for what decisions read where every source is known one "
                    + "session (daily) or one row later")
        }
        let isFailed = outcomes.contains { !$0.leaks.isEmpty || $0.verdict.isUntested && !allowsUntested }
        if isFailed { throw ExitCode.failure }
    }
}

extension FeatureSensitivity {
    fileprivate var text: String { "\(NumberText.percent(changedShare)) by \(NumberText.fixed(meanChange, 3))" }
}

extension CommandContext {
    fileprivate func printExplanation(_ item: FeatureExplanation, depth: Int = 0) throws {
        let indent = String(repeating: " ", count: depth * 2)
        let none = item.tooOld == nil ? "nothing was known" : "no value (the last one is too old)"
        let value = item.reading.map { $0.value.isNaN ? "no value (warm-up)" : "\($0.value)" } ?? none
        try print("\(indent)\(item.id) at \(item.time): \(value)" + (item.units.isEmpty ? "" : "  [\(item.units)]"))
        try print("\(indent)  \(item.transform) \(item.parameters.plainText)  \(item.formula)")
        if let bar = item.decisionBar { try print("\(indent)  decided on the bar \(bar), from which lag_days counts rows") }
        if let age = item.maxAge { try print("\(indent)  max_age \(age): what is older is missing") }
        if let reading = item.reading { try print("\(indent)  row \(reading.label), known since \(reading.availableAt)") }
        if let old = item.tooOld { try print("\(indent)  too old: \(old.value) of \(old.label), known since \(old.availableAt)") }
        for input in item.inputs {
            let row = input.row.map { "\($0.value) of \($0.label), known since \($0.availableAt)" } ?? "nothing known"
            let place = input.place.map { "; row \($0.row) of \($0.path.split(separator: "/").last ?? "")" } ?? ""
            let age = input.isTooOld ? ", too old and hence missing" : ""
            try print("\(indent)  input \(input.name): \(row)\(age)\(place); \(input.rowsKnown) rows by then")
        }
        for parent in item.parents { try printExplanation(parent, depth: depth + 1) }
        if depth == 0 {
            for source in item.sources { try print("  file \(source.role): \(source.path)  sha256 \(source.sha256)") }
            try print("  spec \(item.specHash)")
        }
    }
}
