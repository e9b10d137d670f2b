extension Command {
    /// Every command of the program. Add new ones here, in the order a newcomer meets them; see `Command` for how to write one.
    static let root = Command(
        name: "apus",
        summary: "Quantitative research and trading, from raw market data to audited orders.",
        subcommands: [
            .demo,
            .initialize,
            Command(
                name: "config", summary: "Work with the workbook that configures everything.",
                subcommands: [.configNew, .configCheck, .configExport]),
            .ingest,
            Command(
                name: "derive", summary: "Build bars, footprint, CVD and big trades from trades.",
                subcommands: [.deriveWorkspace, .deriveFile, .deriveQuotes], standard: "sessions"),
            Command(
                name: "futures", summary: "Join futures contracts to continuous series.",
                subcommands: [.futuresContinuous, .futuresRolls]),
            Command(
                name: "features", summary: "Compute features, look at them, prove that they do not peek.",
                subcommands: [
                    .featuresTransforms, .featuresList, .featuresBuild, .featuresCompute, .featuresShow, .featuresAudit,
                    .featuresCollect,
                ]),
            Command(
                name: "labels", summary: "Compute what the future was, for learning and judging.",
                subcommands: [.labelsDefinitions, .labelsList, .labelsBuild, .labelsExport, .labelsAudit, .labelsCollect]),
            Command(name: "explain", summary: "Show where a number comes from.", subcommands: [.explainFeature]),
            .run,
            .report,
            .doctor,
            Command(name: "backtest", summary: "Run a backtest on files of your own.", subcommands: [.backtestSignals]),
            .enrich,
            .runbook,
            Command(name: "runs", summary: "Look at finished runs.", subcommands: [.runsList]),
            Command(name: "lake", summary: "Look at the stored data.", subcommands: [.lakeStatus]),
            Command(name: "dbn", summary: "Look into and convert Databento files.", subcommands: [.dbnInfo, .dbnConvert]),
            Command(name: "simulate", summary: "Make market data.", subcommands: [.simulateES]),
            .help,
            .version,
            .completion,
        ])
}
