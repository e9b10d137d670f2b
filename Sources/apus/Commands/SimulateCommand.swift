import Market
import OrderFlow
import Pipeline
import Primitives

extension Command {
    static let simulateES = Command(
        name: "es", summary: "Simulate E-mini S&P 500 trades or quotes and write them as a DBN file.",
        discussion: """
            Self-exciting arrivals under a U-shaped day, long-memory trade signs, a tick grid of 0.25 and a bid-ask bounce \
            around a latent price. The same options give the same bytes. A name that ends in .zst is compressed. With --schema \
            mbp-1 the best bid and ask around the same trades, about five records a trade.
            """,
        examples: [
            .init("apus simulate es --days 1 --out day.dbn.zst", "one session of about 400,000 trades"),
            .init("apus simulate es --days 1 --trades-per-day 5000000 --seed 7 --out big.dbn", "for benchmarks"),
            .init("apus simulate es --schema mbp-1 --out quotes.dbn.zst", "quotes, with the trades among them"),
        ],
        options: [
            .value("days", "N", "trading days", default: "1"),
            .value("start", "DATE", "first trade date", default: "2023-12-26"),
            .value("trades-per-day", "N", "expected trades in a full session", default: "400000"),
            .value("seed", "N", "everything random follows from it", default: "1"),
            .value("symbol", "NAME", "contract", default: "ESH4"),
            .value(
                "schema", "NAME", "what is written", default: "trades", choices: Simulation.Schema.allCases.map(\.rawValue)),
            .value("out", short: "o", "FILE", "the .dbn or .dbn.zst file to write", required: true),
        ]
    ) { context in
        let arguments = context.arguments
        let days = try arguments.int("days", in: 1...5_000) ?? 1
        let perDay = try arguments.int("trades-per-day", in: 1...100_000_000) ?? 400_000
        let parameters = SimulationParameters(
            seed: UInt64(try arguments.int("seed", in: 0...Int.max) ?? 1),
            startDate: try arguments.date("start") ?? CivilDate(daysSinceEpoch: 19_717), days: days, tradesPerDay: perDay,
            symbol: arguments.string("symbol"))
        let output = WorkspaceRoot.absolute(arguments.string("out"))
        context.log.debug(
            "simulate", ["seed": .int(Int64(parameters.seed)), "days": .int(Int64(days)), "output": .string(output)])
        let schema = Simulation.Schema(rawValue: arguments.string("schema")) ?? .trades
        let what = schema == .trades ? "trades" : "quotes"
        let perTrade: Int64 = schema == .trades ? 1 : 5
        let progress = context.progress("simulate", total: Int64(days * perDay) * perTrade, unit: what)
        let count = try Simulation.write(parameters, schema: schema, to: output) { progress.update(to: $0) }
        progress.finish()
        let digest = try Digest.ofFile(output)
        try context.emit(json: ["file": .string(output), what: .int(count), "sha256": .string(digest.hex)]) {
            try context.print("Wrote \(count) \(what) to \(output), sha256 \(digest.short)")
        }
    }
}
