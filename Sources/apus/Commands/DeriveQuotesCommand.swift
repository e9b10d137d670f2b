import Market
import Pipeline
import Primitives

extension Command {
    static let deriveQuotes = Command(
        name: "quotes",
        summary: "Derive tables of the best bid and ask from one DBN file.",
        discussion: """
            Reads the quotes of a .dbn or .dbn.zst file (mbp-1, tbbo, mbp-10, bbo, cmbp-1, tcbbo, cbbo), or of a canonical quotes \
            .parquet, in file order, in one pass and in bounded memory, and writes quotes_1s.parquet: a row for every second \
            in which a quote stood, with the book at its end, spread and imbalance over time, order flow imbalance, and what \
            traded against which quote. Time is the receive time. With several --interval options there are as many tables.
            """,
        examples: [
            .init("apus derive quotes ES.mbp-1.dbn.zst --interval 1s --interval 1m --out tables", "two tables, all hours"),
            .init("apus derive quotes ES.mbp-1.dbn.zst --session RTH --interval 5m --out tables", "regular hours only"),
        ],
        options: derivationOptions(of: "bucket", "1s"),
        arguments: [.init("FILE", "a DBN file")]
    ) { context in
        let file = context.arguments.argument("FILE")
        let intervals = context.arguments.strings("interval")
        let request = QuoteRequest(
            calendar: try calendar(context, file: file),
            session: SessionKind(rawValue: context.arguments.string("session")) ?? .full,
            intervals: try (intervals.isEmpty ? ["1s"] : intervals).map {
                try interval("interval", $0, path: context.arguments.path)
            })
        log(file, request.calendar, request.session, request.intervals, context)
        let output = try QuoteDerivation.run(
            file: file, request: request, folder: WorkspaceRoot.absolute(context.arguments.string("out")))
        try show(output, context)
    }
}
