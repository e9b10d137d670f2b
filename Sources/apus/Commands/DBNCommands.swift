import Ingest
import Pipeline
import Primitives

extension Command {
    static let dbnInfo = Command(
        name: "info", summary: "Show what a DBN file holds: metadata, records by type, first and last time.",
        examples: [.init("apus dbn info ES.trades.dbn.zst --json", "for another program")],
        arguments: [.init("FILE", "a .dbn or .dbn.zst file")]
    ) { context in
        context.log.debug("read", ["file": .string(context.arguments.argument("FILE"))])
        let info = try DBNInfo.read(context.arguments.argument("FILE"))
        try context.emit(json: info) { try context.print(YAML.text(info).trimmingNewline) }
    }

    static let dbnConvert = Command(
        name: "convert", summary: "Convert a DBN file to CSV, JSON lines or Parquet.",
        discussion: """
            Columns and values are those of databento's own to_csv, to_json and to_parquet; `canonical` is the Parquet form in \
            which ingest stores trades, `canonical-quotes` that of quotes. OUT appears only when the whole file was converted; where the input is damaged, the \
            rows before the damage are kept as OUT.partial and the error names the byte. With - as OUT, CSV and JSON go to \
            standard output as they are read.
            """,
        examples: [
            .init("apus dbn convert ES.trades.dbn.zst --to parquet trades.parquet", "for DuckDB, polars or pandas"),
            .init("apus dbn convert ES.mbo.dbn.zst --to csv --raw -", "integers for prices and times, to a pipe"),
        ],
        options: [
            .value("to", "FORMAT", "output format", choices: FileConversion.Format.allCases.map(\.rawValue), required: true),
            .flag("raw", "integers for prices and times, as the file holds them"),
            .flag("no-symbols", "leave the symbol column out"),
            .value("schema", "NAME", "which records to take where the file mixes schemas"),
        ],
        arguments: [.init("FILE", "a .dbn or .dbn.zst file"), .init("OUT", "the file to write, - for standard output")]
    ) { context in
        let input = context.arguments.argument("FILE"), output = context.arguments.argument("OUT")
        guard let format = FileConversion.Format(rawValue: context.arguments.string("to")) else { return }
        var options = context.arguments.flag("raw") ? DBNConverter.Options.raw : DBNConverter.Options()
        options.mapSymbols = !context.arguments.flag("no-symbols")
        options.schema = try context.arguments.value("schema", expected: "a schema such as trades") { DBNSchema(name: $0) }
        context.log.debug(
            "convert", ["file": .string(input), "format": .string(format.rawValue), "output": .string(output)])
        if output == "-" {
            guard !context.json else {
                throw UsageError(
                    kind: .conflict("--json", "- as OUT, which puts the file's rows on"), path: context.arguments.path)
            }
            guard format == .csv || format == .json else {
                throw context.arguments.invalid("OUT", output, "a file to write \(format.rawValue) to")
            }
            return try FileConversion.stream(input, to: format, options: options) { try context.output.write(Array($0)) }
        }
        let digest = try FileConversion.run(input, to: format, output: WorkspaceRoot.absolute(output), options: options)
        try context.emit(json: ["output": .string(output), "sha256": .string(digest.hex)]) {
            try context.print("Wrote \(output), sha256 \(digest.short)")
        }
    }
}

extension String {
    /// Without one newline at the end.
    var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
