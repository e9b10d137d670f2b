import Market
import OrderFlow
import Pipeline
import Primitives

extension Command {
    static let simulateES = Command(
        name: "es", summary: "Simulate E-mini S&P 500 trades and write them as a DBN file.",
        discussion: """
            Self-exciting arrivals under a U-shaped day, long-memory trade signs, a tick grid of 0.25 and a bid-ask bounce \
            around a latent price. The same options give the same bytes. A name that ends in .zst is compressed.
            """,
        examples: [
            .init("apus simulate es --days 1 --out day.dbn.zst", "one session of about 400,000 trades"),
            .init("apus simulate es --days 1 --trades-per-day 5000000 --seed 7 --out big.dbn", "for benchmarks"),
        ],
        options: [
            .value("days", "N", "trading days", default: "1"),
            .value("start", "DATE", "first trade date", default: "2023-12-26"),
            .value("trades-per-day", "N", "expected trades in a full session", default: "400000"),
            .value("seed", "N", "everything random follows from it", default: "1"),
            .value("symbol", "NAME", "contract", default: "ESH4"),
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
        let progress = context.progress("simulate", total: Int64(days * perDay), unit: "trades")
        let count = try Simulation.write(parameters, to: output) { progress.update(to: $0) }
        progress.finish()
        let digest = try Digest.ofFile(output)
        try context.emit(json: ["file": .string(output), "trades": .int(count), "sha256": .string(digest.hex)]) {
            try context.print("Wrote \(count) trades to \(output), sha256 \(digest.short)")
        }
    }
}
