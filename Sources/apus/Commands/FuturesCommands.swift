import Lake
import Market
import Pipeline
import Primitives

extension Command {
    static let futuresContinuous = Command(
        name: "continuous", summary: "Build a continuous series from the bars of futures contracts.",
        discussion: """
            Reads bars of contracts as traded: LEAN minute files (DATE_trade.zip), CSV or Parquet with a time (ts or date), open, \
            high, low, close and, where there are, volume, open_interest and symbol; without a symbol column a file is named after \
            its contract. Contracts are written ESZ3, ESZ13, "ES 201312" or "ES 20131220".

            The rule decides in which session the next contract takes over; volume and open interest decide at the close of a \
            session and act in a later one. The roll is at the first bar that both contracts have then, at the open of both.

            OUT has the adjusted prices, the prices as traded (raw_open ...), the contract, and factor and offset of each row: \
            open = raw_open x factor + offset. OUT.rolls.parquet beside it has a row a roll, with the prices of both contracts.
            """,
        examples: [
            .init(
                "apus futures continuous --root ES --contracts minute_2013 --rule volume --adjust ratio --out es.parquet",
                "every contract file of a folder, by volume"),
            .init(
                "apus futures continuous --root ES --contracts ESZ3.csv --contracts ESH4.csv --rule calendar --days-before 6 "
                    + "--adjust difference --out es.parquet",
                "six sessions before the last trade date: the Thursday of the week before"),
            .init(
                "apus futures continuous --root CL --contracts bars.parquet --rule calendar --anchor month --days-before 10 "
                    + "--expiries cl.csv --adjust ratio --direction forward --out cl.parquet",
                "before the delivery month; the past is never rewritten"),
        ],
        options: inputOptions + [
            .value(
                "adjust", "HOW", "how prices are joined at a roll", default: "none",
                choices: Adjustment.Kind.allCases.map(\.rawValue)),
            .value(
                "direction", "WAY", "which end keeps its prices: backward the newest contract, forward the oldest",
                default: "backward", choices: Adjustment.Direction.allCases.map(\.rawValue)),
            .value("as-of", "TIME", "build the series as it was known then, ISO 8601"),
            .value("interval", "LENGTH", "length of a bar, for --as-of; the smallest step where absent"),
            .value("out", short: "o", "FILE", "the .parquet file to write", required: true),
        ]
    ) { context in
        let arguments = context.arguments
        var request = try continuousRequest(context)
        request.adjustment = Adjustment(
            Adjustment.Kind(rawValue: arguments.string("adjust")) ?? .none,
            Adjustment.Direction(rawValue: arguments.string("direction")) ?? .backward)
        request.asOf = try arguments.value("as-of", expected: "a time such as 2013-12-18T23:00:00Z") { UnixNanos(iso8601: $0) }
        request.interval = try arguments.value("interval", expected: "1s to 1d, a divisor of a day") { BarInterval($0) }
        let output = WorkspaceRoot.absolute(arguments.string("out"))
        guard output.hasSuffix(".parquet") else { throw arguments.invalid("--out", output, "a name that ends in .parquet") }
        let result = try ContinuousFutures.build(request)
        let read = result.files + [request.lastTradeDates].compactMap { $0 }
        let files = try ContinuousTables.write(result.series, to: output, protecting: read)
        let document = result.json.adding("files", .array(files.map(\.fileJSON)))
        try context.emit(json: document) {
            try context.print(result.contractTable)
            try context.print()
            try context.print(result.rollTable)
            for note in result.notes { try context.print(note) }
            for file in files { try context.print("Wrote \(file.rows) rows to \(file.path), sha256 \(file.digest.short)") }
        }
    }

    static let futuresRolls = Command(
        name: "rolls", summary: "Show when a rule rolls from which contract to which.",
        discussion: "Reads the same files by the same rules as `apus futures continuous` and writes nothing.",
        examples: [
            .init("apus futures rolls --root ES --contracts minute_2013 --rule volume", "rolls by volume with both prices"),
            .init("apus futures rolls --root ES --contracts minute_2013 --rule calendar --days-before 0 --json", "for programs"),
        ],
        options: inputOptions
    ) { context in
        let result = try ContinuousFutures.build(try continuousRequest(context))
        try context.emit(json: result.json) {
            try context.print(result.rollTable)
            for note in result.notes { try context.print(note) }
        }
    }

    private static let inputOptions: [Option] = [
        .value("root", "NAME", "the product, such as ES", required: true),
        .value("contracts", "PATH", "a file, or a folder of files, with bars of contracts", repeats: true, required: true),
        .value("rule", "RULE", "what decides a roll", choices: ["calendar", "volume", "open_interest"], required: true),
        .value("days-before", "N", "calendar: sessions before the anchor from which on the next contract is held", default: "0"),
        .value(
            "anchor", "DAY",
            "calendar: count back from the last trade date (expiry) or the first session of the contract's month",
            default: "expiry", choices: RollRule.Anchor.allCases.map(\.rawValue)),
        .value("sessions", "N", "volume, open_interest: sessions in a row in which the next contract leads", default: "1"),
        .value("lag", "N", "volume, open_interest: sessions to wait beyond the next one", default: "0"),
        .value("months", "LETTERS", "hold only contracts of these months, such as HMUZ"),
        .value("expiries", "FILE", "CSV of contract,last_trade_date, for products other than CME equity index futures"),
        .value(
            "calendar", "NAME", "session calendar", default: "CME_EQUITY", choices: SessionCalendars.names),
    ]

    private static func continuousRequest(_ context: CommandContext) throws -> ContinuousRequest {
        let arguments = context.arguments
        let rule = arguments.string("rule")
        for option in rule == "calendar" ? ["sessions", "lag"] : ["days-before", "anchor"] where arguments.isGiven(option) {
            throw UsageError(
                kind: .invalidValue(name: "--rule", value: rule, expected: "a rule that takes --\(option)"), path: arguments.path)
        }
        let lag = try arguments.int("lag", in: 0...30) ?? 0, sessions = try arguments.int("sessions", in: 1...60) ?? 1
        let before = try arguments.int("days-before", in: 0...250) ?? 0
        let months = try arguments.value("months", expected: "letters of FGHJKMNQUVXZ") { text -> Set<Character>? in
            let letters = Set(text.uppercased())
            return letters.isEmpty || !letters.isSubset(of: ContractMonth.letters) ? nil : letters
        }
        context.log.debug(
            "futures", ["root": .string(arguments.string("root")), "rule": .string(rule)])
        return ContinuousRequest(
            root: arguments.string("root").uppercased(), inputs: arguments.strings("contracts").map(WorkspaceRoot.absolute),
            rule: rule == "calendar"
                ? .calendar(RollRule.Anchor(rawValue: arguments.string("anchor")) ?? .expiry, sessionsBefore: before)
                : rule == "volume" ? .volume(sessions: sessions, lag: lag) : .openInterest(sessions: sessions, lag: lag),
            calendar: arguments.string("calendar"), months: months,
            lastTradeDates: arguments.optionalString("expiries").map(WorkspaceRoot.absolute))
    }
}

extension ContinuousResult {
    fileprivate var json: JSONValue {
        let schedule = series.schedule
        return [
            "series": .string(series.name), "rule": .string("\(schedule.rule)"), "adjustment": .string("\(series.adjustment)"),
            "rows": .int(Int64(series.count)), "rows_read": .int(Int64(rowsRead)), "files_read": .int(Int64(files.count)),
            "ignored_symbols": .array(ignored.map { .string($0) }),
            "contracts": .array(
                schedule.contracts.indices.map { index in
                    let rows = series.segments[index]
                    return [
                        "contract": .string(schedule.contracts[index].code),
                        "last_trade_date": .string("\(schedule.contracts[index].lastTradeDate)"), "rows": .int(Int64(rows.count)),
                        "first": rows.isEmpty ? .null : .string("\(series.times[rows.lowerBound])"),
                        "last": rows.isEmpty ? .null : .string("\(series.times[rows.upperBound - 1])"),
                        "factor": .double(series.scales[index].factor), "offset": .double(series.scales[index].offset),
                    ]
                }),
            "rolls": .array(
                schedule.rolls.map { roll in
                    [
                        "time": .string("\(roll.time)"), "session": .string("\(roll.session)"),
                        "decided": roll.decided.map { .string("\($0)") } ?? .null, "reason": .string(roll.reason.rawValue),
                        "from": .string(roll.from.code), "to": .string(roll.to.code), "old_price": .double(roll.oldPrice),
                        "new_price": .double(roll.newPrice), "ratio": .double(roll.ratio), "difference": .double(roll.difference),
                    ]
                }),
        ]
    }

    fileprivate var contractTable: TextTable {
        var table = TextTable([
            .left("contract"), .left("last trade"), .right("rows"), .left("first"), .left("last"), .right("factor"),
            .right("offset"),
        ])
        for (index, contract) in series.schedule.contracts.enumerated() {
            let rows = series.segments[index]
            table.add([
                contract.code, "\(contract.lastTradeDate)", "\(rows.count)",
                rows.isEmpty ? "-" : "\(series.times[rows.lowerBound])",
                rows.isEmpty ? "-" : "\(series.times[rows.upperBound - 1])", NumberText.fixed(series.scales[index].factor, 8),
                "\(series.scales[index].offset)",
            ])
        }
        return table
    }

    fileprivate var rollTable: TextTable {
        var table = TextTable([
            .left("roll"), .left("session"), .left("decided"), .left("reason"), .left("from"), .left("to"), .right("old price"),
            .right("new price"), .right("difference"), .right("ratio"),
        ])
        for roll in series.schedule.rolls {
            table.add([
                "\(roll.time)", "\(roll.session)", roll.decided.map { "\($0)" } ?? "-", roll.reason.rawValue, roll.from.code,
                roll.to.code, "\(roll.oldPrice)", "\(roll.newPrice)", "\(roll.difference)", NumberText.fixed(roll.ratio, 8),
            ])
        }
        return table
    }

    /// What a reader of the tables should know besides.
    fileprivate var notes: [String] {
        var notes: [String] = []
        if series.schedule.rolls.isEmpty { notes.append("The rule does not roll within these bars.") }
        if !ignored.isEmpty {
            let names = ignored.prefix(5).joined(separator: ", ") + (ignored.count > 5 ? " ..." : "")
            notes.append("Left aside, no contract of \(series.schedule.contracts[0].root): \(names)")
        }
        return notes
    }
}

extension ParquetSummary {
    fileprivate var fileJSON: JSONValue {
        ["path": .string(path), "rows": .int(Int64(rows)), "sha256": .string(digest.hex)]
    }
}

extension JSONValue {
    /// An object with one more member.
    fileprivate func adding(_ key: String, _ value: JSONValue) -> JSONValue {
        var members = objectValue ?? [:]
        members[key] = value
        return .object(members)
    }
}
