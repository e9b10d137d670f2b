import Contracts
import Market
import Primitives
import Reporting
import TestKit
import Testing

@Suite(.enabled(if: SharedData.has(SampleRun.file), "needs ../shared/data")) struct DoctorTests {
    @Test func anHonestRunHasNoErrors() throws {
        let report = Doctor.examine(try DoctorPlant.honestRun())
        #expect(report.count(.error) == 0, "\(report.findings)")
        // It is in the market nearly always: nothing else is to be said about it.
        #expect(report.findings.map(\.code) == ["exposure.time_in_market"], "\(report.findings)")
    }

    /// Each check is silent without its defect and speaks with it.
    @Test(arguments: DoctorPlant.all) func finds(_ plant: DoctorPlant) throws {
        var subject = try DoctorPlant.honestRun()
        plant.clean(&subject)
        func verdict() -> DoctorVerdict? { Doctor.examine(subject).entries.first { $0.code == plant.code }?.verdict }
        let before = verdict()
        if case .found(let finding)? = before { Issue.record("before: \(finding.message)") }
        plant.defect(&subject)
        guard case .found(let finding)? = verdict() else {
            Issue.record("after: \(String(describing: verdict()))")
            return
        }
        #expect(finding.severity == plant.severity, "\(finding.message)")
        #expect(finding.message.hasSuffix(".") && !finding.advice.isEmpty)
        #expect(finding.places.count <= 5 && finding.places.count <= finding.count)
    }

    @Test func everyCheckIsTriedAndDocumented() throws {
        #expect(Set(DoctorPlant.all.map(\.code)) == Set(Doctor.checks.map(\.code)))
        #expect(Set(Doctor.checks.map(\.code)).count == Doctor.checks.count)
        let page = try FileBytes.readText(PackageRoot.appending("docs/concepts/doctor.md"))
        for check in Doctor.checks { #expect(page.contains("`\(check.code)`"), "\(check.code)") }
    }

    @Test func whatNeedsBarsSaysThatThereAreNone() throws {
        var subject = try DoctorPlant.honestRun()
        (subject.prices, subject.pricesReason, subject.rolls) = (nil, "none given", nil)
        let report = Doctor.examine(subject)
        let missing = report.notChecked.filter { $0.reason == "no bars: none given" }.map(\.code)
        #expect(
            missing == [
                "bars.other_file", "fills.no_bar", "fills.outside_bar", "fills.stale_price", "fills.beyond_volume",
                "fills.at_extreme", "fills.entry_bar", "returns.beta",
            ])
        #expect(report.notChecked.count { $0.reason == "no rolls are known" } == 3)
        // Without bars the account is checked where it is flat.
        #expect(report.entries.first { $0.code == "equity.account" }?.verdict == .fine)
    }

    /// An empty result is no reason to stop, and nothing about it passes for proven.
    @Test func anEmptyResultIsNotPraised() {
        let nothing = BacktestResult(trades: [], equity: [], dailyPnL: [], fills: [], metrics: [:], configuration: .null)
        let report = Doctor.examine(.init(result: nothing))
        #expect(report.findings.map(\.code) == ["trades.none"])
        #expect(report.entries.filter { $0.verdict == .fine }.map(\.code) == ["equity.times"])
    }

    /// Bars as a price file has them, by their labels; fills an hour after them, or before them where labels are closes.
    private func insideRun(_ key: String, closes: Bool) throws -> Doctor.Case {
        var subject = try DoctorPlant.honestRun()
        let shift = closes ? -UnixNanos.perHour : UnixNanos.perHour
        let bars = subject.prices?.bars[DoctorPlant.asset] ?? []
        subject.prices = PriceHistory([
            DoctorPlant.asset: bars.map { bar in
                Bar(
                    openTime: bar.openTime, closeTime: bar.openTime, open: bar.open, high: bar.high, low: bar.low,
                    close: bar.close, volume: bar.volume)
            }
        ])
        for row in subject.result.fills.indices { subject.result.fills[row].time = subject.result.fills[row].time + shift }
        for row in subject.result.fills.indices where closes {
            subject.result.fills[row].decisionTime = subject.result.fills[row].time
        }
        for row in subject.result.trades.indices {
            subject.result.trades[row].entryTime = subject.result.trades[row].entryTime + shift
            subject.result.trades[row].exitTime = subject.result.trades[row].exitTime + shift
        }
        var members = subject.result.configuration.objectValue ?? [:]
        members["metadata"] = ["apus": [key: "inside.parquet"]]
        if closes { members["feed"] = ["timestamp_semantics": "bar_close"] }
        subject.result.configuration = .object(members)
        return subject
    }

    /// Fills between labels belong to the bar that spans them.
    @Test(arguments: ["finer_bars", "trades", "quotes"], [false, true])
    func fillsInsideBarsHaveTheirBar(_ key: String, _ closes: Bool) throws {
        var subject = try insideRun(key, closes: closes)
        func verdict(_ code: String) -> DoctorVerdict? { Doctor.examine(subject).entries.first { $0.code == code }?.verdict }
        #expect(Doctor.examine(subject).count(.error) == 0, "\(Doctor.examine(subject).findings)")
        #expect(verdict("equity.account") == .fine)
        let reason = DoctorVerdict.notChecked("fills have the times of trades and quotes")
        #expect(verdict("fills.no_bar") == (key == "finer_bars" ? .fine : reason))
        subject.result.fills[4].referencePrice *= 1.2
        guard case .found(let outside)? = verdict("fills.outside_bar") else {
            Issue.record("outside its bar and not found")
            return
        }
        #expect(outside.severity == (key == "finer_bars" ? .error : .warning) && outside.count == 1)
    }

    /// Variation margin is paid in cash: there cash and net exposure count the marks twice.
    @Test func futuresHaveNoRecordedAccountToCheck() throws {
        var subject = try DoctorPlant.honestRun()
        for row in subject.result.equity.indices {
            let point = subject.result.equity[row]
            let net = point.netExposure * point.equity
            subject.result.equity[row].account = AccountState(
                cash: point.equity, grossExposure: abs(net), netExposure: net, openPositions: net == 0 ? 0 : 1)
        }
        var members = subject.result.configuration.objectValue ?? [:]
        for (asset, margin) in [(DoctorPlant.asset, JSONValue.double(500)), (DoctorPlant.asset, .null), ("OTHER", .double(500))] {
            members["metadata"] = ["apus": ["instruments": [asset: ["initial_margin": margin]]]]
            subject.result.configuration = .object(members)
            let verdict = Doctor.examine(subject).entries.first { $0.code == "equity.account" }?.verdict
            switch verdict {
            case .notChecked(let reason)?: #expect(asset == DoctorPlant.asset && !margin.isNull && reason.contains("variation"))
            case .found?: #expect(asset != DoctorPlant.asset || margin.isNull)
            default: Issue.record("\(String(describing: verdict))")
            }
        }
    }

    /// A run with capital weights says everything of an instrument in its member.
    @Test func membersHaveTheirOwnInstruments() throws {
        var subject = try DoctorPlant.honestRun()
        func member(_ id: String, tick: Double, parameters: Int) -> JSONValue {
            [
                "instrument": ["id": .string(id), "tick_size": .double(tick), "calendar": "NYSE"],
                "strategy": ["parameters": .array((0..<parameters).map { .int(Int64($0)) })],
            ]
        }
        subject.result.configuration = [
            "cash": ["initial": .double(SampleRun.capital)],
            "metadata": [
                "apus": [
                    "members": [
                        member("OTHER", tick: 1e-9, parameters: 60), member(DoctorPlant.asset, tick: 0.25, parameters: 40),
                    ]
                ]
            ],
        ]
        for row in subject.result.fills.indices {
            subject.result.fills[row].price = (subject.result.fills[row].price * 4).rounded() / 4
        }
        func verdict(_ code: String) -> DoctorVerdict? { Doctor.examine(subject).entries.first { $0.code == code }?.verdict }
        #expect(verdict("fills.off_tick") == .fine)
        subject.result.fills[8].price += 0.1
        guard case .found(let tick)? = verdict("fills.off_tick"), case .found(let few)? = verdict("trades.too_few") else {
            Issue.record("\(Doctor.examine(subject).findings)")
            return
        }
        #expect(tick.count == 1 && few.message.contains("100"), "\(few.message)")
    }
}
