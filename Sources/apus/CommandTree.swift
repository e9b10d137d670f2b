extension Command {
    /// Every command of the program. Add new ones here, in the order a newcomer meets them; see `Command` for how to write one.
    static let root = Command(
        name: "apus",
        summary: "Quantitative research and trading, from raw market data to audited orders.",
        subcommands: [
            Command(name: "derive", summary: "Build bars, footprint, CVD and big trades from trades.", subcommands: [.deriveFile]),
            .help,
            .version,
            .completion,
        ])
}
