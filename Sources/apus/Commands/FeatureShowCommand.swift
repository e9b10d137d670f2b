import Pipeline
import Primitives
import Reporting

extension Command {
    static let featuresShow = Command(
        name: "show", summary: "Write a page about a feature: one self-contained HTML file.",
        discussion: """
            What it is, its values over time, their distribution and autocorrelation, whether they are stationary, and the rank \
            correlation of what each bar's decision knew with the return that followed. It looks at the whole history and hence \
            describes; nothing on it was known at the time.
            """,
        examples: [
            .init("apus features show credit_z", "writes credit_z.html"),
            .init("apus features show vix_level --instrument NDQ --out vix.html", "against another instrument's returns"),
        ],
        options: .workspace + [
            .value("out", "FILE", "where the page goes; ID.html where absent"),
            .value("instrument", "ID", "whose returns; where absent the feature's own, or that of a strategy that uses it"),
        ],
        arguments: [.init("ID", "a feature")]
    ) { context in
        let workspace = try context.openWorkspace(exporting: false)
        let id = context.arguments.argument("ID")
        let study = try FeatureStage(workspace, registry: try workspace.registry())
            .study(id, instrument: context.arguments.optionalString("instrument"))
        let path = WorkspaceRoot.absolute(context.arguments.optionalString("out") ?? id + ".html")
        try FileBytes.protect(study.files.map { workspace.absolute($0.path) }, from: path)
        _ = try AtomicFile.writeIfChanged(Array(FeaturePage.html(study).utf8), to: path)
        try context.emit(
            json: [
                "feature_id": .string(id), "page": .string(path), "rows": .int(Int64(study.values.count)),
                "instrument": study.market.map { .string($0.instrument) } ?? .null,
            ]
        ) { try context.print(path) }
    }
}
