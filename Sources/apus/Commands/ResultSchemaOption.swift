import Contracts

extension Command.Option {
    /// What every command that writes a result takes.
    static let resultSchema = Command.Option.value(
        "schema", "NAME",
        "layout of the result: v1 is the ML4T specification's, ml4t-0.2 what ml4t-backtest 0.2.0 writes",
        default: "v1", choices: ["v1", "ml4t-0.2"])
}

extension CommandContext {
    var resultSchema: ResultSchema { arguments.string("schema") == "v1" ? .v1 : .ml4t02 }
}
