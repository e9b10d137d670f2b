import Contracts
import Primitives
import Testing

@testable import Features

// Computations that peek, each in a way in which people really do, and what the audit says of them.

private let minute = UnixNanos.perMinute

/// One-minute rows, known a minute after their label.
private func minutes(_ count: Int = 1_000, seed: UInt64 = 3) -> AuditInput {
    var random = SeededGenerator(seed: seed)
    var price = 100.0
    let closes = (0..<count).map { _ -> Double in
        price *= 1 + 0.001 * random.nextNormal()
        return price
    }
    let labels = (0..<count).map { UnixNanos(Int64($0) * minute) }
    return AuditInput(
        name: "bars", rows: FeatureRows(labels: labels, availableAt: labels.map { $0 + minute }, columns: [closes]))
}

/// Daily rows, labelled at midnight and published at eighteen hours on the next day.
private func daily(_ count: Int = 60) -> AuditInput {
    var random = SeededGenerator(seed: 8)
    let labels = (0..<count).map { UnixNanos(Int64($0) * UnixNanos.perDay) }
    return AuditInput(
        name: "flows",
        rows: FeatureRows(
            labels: labels, availableAt: labels.map { $0 + UnixNanos.perDay + 18 * UnixNanos.perHour },
            columns: [labels.map { _ in random.nextNormal() }]))
}

private func column(_ rows: FeatureRows, _ values: [Double], availableAt: [UnixNanos]? = nil) -> Series {
    Series(name: "x", labels: rows.labels, values: values, availableAt: availableAt ?? rows.availableAt)
}

private func subject(
    _ id: String, _ inputs: [AuditInput] = [minutes()], _ compute: @escaping ([AuditInput]) throws -> Series
) -> AuditSubject {
    AuditSubject(id: id, inputs: inputs, compute: compute)
}

private func mean(_ x: some Collection<Double>) -> Double { x.reduce(0, +) / Double(x.count) }

/// Each leak with the input that a user must look at.
private func plantedInWindows() -> [(subject: AuditSubject, input: String)] {
    [
        (
            subject("full-sample quantile") { inputs in
                let rows = inputs[0].rows, sorted = rows.columns[0].sorted()
                return column(rows, rows.columns[0].map { $0 > sorted[sorted.count * 9 / 10] ? 1 : 0 })
            }, "bars"
        ),
        (
            subject("full-sample z-score") { inputs in
                let rows = inputs[0].rows, center = mean(rows.columns[0])
                return column(rows, rows.columns[0].map { $0 - center })
            }, "bars"
        ),
        (
            subject("centred window") { inputs in
                let rows = inputs[0].rows, x = rows.columns[0]
                return column(rows, x.indices.map { mean(x[max(0, $0 - 2)...min(x.count - 1, $0 + 2)]) })
            }, "bars"
        ),
        (
            subject("negative shift") { inputs in
                let rows = inputs[0].rows, x = rows.columns[0]
                return column(rows, x.indices.map { $0 + 1 < x.count ? x[$0 + 1] / x[$0] - 1 : .nan })
            }, "bars"
        ),
        (
            subject("fill backward") { inputs in
                let rows = inputs[0].rows
                var x = rows.columns[0].enumerated().map { $0.offset % 5 == 4 ? $0.element : .nan }
                for row in x.indices.reversed() where x[row].isNaN && row + 1 < x.count { x[row] = x[row + 1] }
                return column(rows, x)
            }, "bars"
        ),
    ]
}

private func plantedInTimes() -> [(subject: AuditSubject, input: String)] {
    [
        (
            subject("resample labelled and known at the bar's beginning") { inputs in
                let rows = inputs[0].rows, x = rows.columns[0]
                return column(rows, x.indices.map { x[min(x.count - 1, $0 / 5 * 5 + 4)] })
            }, "bars"
        ),
        (
            subject("join by label time", [minutes(20_000), daily()]) { inputs in
                let rows = inputs[0].rows, flows = inputs[1].rows
                return column(
                    rows, rows.labels.map { label in flows.labels.lastIndex { $0 <= label }.map { flows.columns[0][$0] } ?? .nan }
                )
            }, "flows"
        ),
        (
            subject("known at the label instead of the publication", [daily(400)]) { inputs in
                let rows = inputs[0].rows
                return column(rows, rows.columns[0], availableAt: rows.labels)
            }, "flows"
        ),
        (
            subject("interpolation between publications") { inputs in
                let rows = inputs[0].rows, x = rows.columns[0]
                return column(
                    rows,
                    x.indices.map { row in
                        let left = row / 10 * 10, right = min(x.count - 1, left + 10)
                        return right == left
                            ? x[left] : x[left] + (x[right] - x[left]) * Double(row - left) / Double(right - left)
                    })
            }, "bars"
        ),
    ]
}

private func plantedInFits() -> [(subject: AuditSubject, input: String)] {
    [
        (
            subject("smoother instead of filter") { inputs in
                let rows = inputs[0].rows
                var x = rows.columns[0]
                for row in x.indices.dropLast().reversed() { x[row] = 0.5 * x[row] + 0.5 * x[row + 1] }
                return column(rows, x)
            }, "bars"
        ),
        (
            subject("swing high stamped where it began") { inputs in
                let rows = inputs[0].rows, x = rows.columns[0]
                return column(
                    rows, x.indices.map { $0 > 2 && $0 + 3 < x.count && x[$0] == x[($0 - 3)...($0 + 3)].max() ? 1 : 0 })
            }, "bars"
        ),
        (
            subject("rows chosen by what came after") { inputs in
                let rows = inputs[0].rows, x = rows.columns[0]
                let kept = x.indices.filter { $0 + 1 == x.count || x[$0 + 1] > x[$0] }
                return Series(
                    name: "x", labels: kept.map { rows.labels[$0] }, values: kept.map { x[$0] },
                    availableAt: kept.map { rows.availableAt[$0] })
            }, "bars"
        ),
        (
            subject("trained on everything") { inputs in
                let rows = inputs[0].rows, x = rows.columns[0]
                let pairs = zip(x, x.dropFirst()),
                    slope = pairs.reduce(0) { $0 + $1.0 * $1.1 } / pairs.reduce(0) { $0 + $1.0 * $1.0 }
                return column(rows, x.map { $0 * slope })
            }, "bars"
        ),
    ]
}

private func planted() -> [(subject: AuditSubject, input: String)] {
    plantedInWindows() + plantedInTimes() + plantedInFits()
}

@Test func everyPlantedLeakIsFound() throws {
    #expect(planted().count >= 10)
    for (subject, input) in planted() {
        let leaks = try FeatureAudit.standard.leaks(of: subject)
        let first = try #require(leaks.first, "\(subject.ids) was not found")
        #expect(first.inputs == [input] && [first.feature] == subject.ids)
        #expect(first.claimedAt <= first.time)
        #expect(first.description.contains(subject.ids[0]) && first.description.contains(input))
    }
}

/// Every transform of the catalogue, on rows joined by what was known: nothing leaks.
@Test func theCatalogueDoesNotLeak() throws {
    let sample = TransformSample.market(count: 600)
    for item in TransformCase.wholeCatalogue {
        let columns = try item.inputs(sample)
        let labels = (0..<600).map { UnixNanos(Int64($0) * minute) }
        let input = AuditInput(
            name: "rows", rows: FeatureRows(labels: labels, availableAt: labels.map { $0 + minute }, columns: columns))
        let subject = AuditSubject(id: item.name, inputs: [input]) { inputs in
            var kernel = try item.kernel()
            return column(inputs[0].rows, kernel.apply(inputs[0].rows.columns))
        }
        #expect(try FeatureAudit.standard.leaks(of: subject) == [], "\(item.name)")
    }
}

@Test func joinsReadWhatWasKnownAndDoNotLeak() throws {
    let inputs = [minutes(20_000), daily()]
    let subject = AuditSubject(id: "joined", inputs: inputs) { inputs in
        let series = inputs.map {
            Series(name: $0.name, labels: $0.rows.labels, values: $0.rows.columns[0], availableAt: $0.rows.availableAt)
        }
        let rows = try FeatureRows.join(series)
        return Series(name: "joined", labels: rows.labels, values: rows.columns[1], availableAt: rows.availableAt)
    }
    #expect(try FeatureAudit.thorough.leaks(of: subject) == [])
    let rows = try FeatureRows.join(
        inputs.map {
            Series(name: $0.name, labels: $0.rows.labels, values: $0.rows.columns[0], availableAt: $0.rows.availableAt)
        })
    // The first flow is known at eighteen hours of the second day, in the minute that ends then.
    #expect(rows.availableAt.first == UnixNanos(UnixNanos.perDay + 18 * UnixNanos.perHour))
    #expect(rows.columns[1].first == inputs[1].rows.columns[0][0])
}

/// What the standard audit computes, in rows, against the one computation of a build; two inputs share the work of a row. Values
/// that begin late, by warm-up or because another source does, are tested at fewer times rather than at a higher price.
@Test(arguments: [5_000, 20_011], [0, 0.3, 0.8, 0.99])
func theStandardAuditComputesAtMostTwiceTheRowsOfABuild(_ count: Int, _ begin: Double) throws {
    var rows = 0
    let recipe = [minutes(count), daily(max(2, count / 1_440))]
    let first = recipe[0].rows.labels[Int(begin * Double(count))]
    func output(_ rows: FeatureRows) -> Series {
        column(rows, zip(rows.labels, rows.columns[0]).map { $0 < first ? .nan : $1 })
    }
    let subject = AuditSubject(id: "counted", inputs: recipe) { inputs in
        rows += inputs[0].rows.count
        return output(inputs[0].rows)
    }
    let whole = output(recipe[0].rows)
    for seed in 1...8 as ClosedRange<UInt64> {
        rows = 0
        let standard = FeatureAudit.standard
        let audit = FeatureAudit(standard.trials, budget: standard.budget, seed: seed)
        let verdict = try #require(try audit.verdicts(of: subject, outputs: [whole]).first)
        #expect(verdict.leaks == [])
        // Rows that another future has more than the true one cost too.
        #expect(rows > count && Double(rows) <= 2.03 * Double(count), "seed \(seed): \(Double(rows) / Double(count))")
        #expect(verdict.times >= (begin < 0.1 ? 5 : 2))
        let share = Double(verdict.comparedRows) / Double(verdict.valueRows)
        #expect(share > 0.9 && share < 1, "\(verdict.comparedRows) of \(verdict.valueRows)")
    }
}

@Test func sensitivityCountsWhatChanges() {
    let labels = (0..<6 as Range<Int64>).map { UnixNanos($0 * minute) }
    let known = labels.map { $0 + minute }
    func series(_ values: [Double], from first: Int = 0, knownAt times: [UnixNanos]? = nil) -> Series {
        Series(
            name: "x", labels: Array(labels[first...].prefix(values.count)), values: values,
            availableAt: times ?? Array(known[first...].prefix(values.count)))
    }
    let present = series([.nan, 1, 2, 3, 4, 5])
    // Labels 1...4 are on both sides; the first vintage lacks the value of one and has another for one.
    let first = FeatureSensitivity(present, withLabelsOf: series([1, .nan, 3.5, 4], from: 1))
    #expect(first.values == 4 && first.changedShare == 0.5)
    // 1, 3, 4 against 1, 3.5, 4.
    let spread = (7.0 / 3).squareRoot()
    #expect(abs(first.meanChange - 0.5 / 3 / spread) < 1e-12)
    #expect(FeatureSensitivity(present, withLabelsOf: present).changedShare == 0)
    #expect(FeatureSensitivity(present, withLabelsOf: series([])).values == 0)
    // One row later: 1 is read where 2 was, and nothing where 1 was.
    let late = FeatureSensitivity(present, readAs: series([.nan, 1, 2, 3, 4, 5], knownAt: known.map { $0 + minute }))
    #expect(late.values == 5 && late.changedShare == 1)
    let steady = series([7, 7, 7, 8, 8, 8])
    let moved = FeatureSensitivity(steady, readAs: series(steady.values, knownAt: known.map { $0 + minute }))
    #expect(moved.values == 6 && abs(moved.changedShare - 2.0 / 6) < 1e-15)
}

/// Whose second source begins when nine tenths of the first one are over, and which reads that source by label.
@Test func aJoinWhoseSecondSourceBeginsLateIsTested() throws {
    let rows = 20_000
    let start = UnixNanos(Int64(rows) * minute * 9 / 10)
    var late = daily(40)
    late.rows = FeatureRows(
        labels: late.rows.labels.indices.map { start + Int64($0) * UnixNanos.perHour },
        availableAt: late.rows.labels.indices.map { start + Int64($0 + 1) * UnixNanos.perHour }, columns: late.rows.columns)
    func subject(byLabel: Bool) -> AuditSubject {
        AuditSubject(id: "joined", inputs: [minutes(rows), late]) { inputs in
            let series = inputs.map {
                Series(
                    name: $0.name, labels: $0.rows.labels, values: $0.rows.columns[0],
                    availableAt: $0.name == "flows" && byLabel ? $0.rows.labels : $0.rows.availableAt)
            }
            let joined = try FeatureRows.join(series)
            return Series(name: "joined", labels: joined.labels, values: joined.columns[1], availableAt: joined.availableAt)
        }
    }
    let honest = try #require(try FeatureAudit.standard.verdicts(of: subject(byLabel: false)).first)
    #expect(honest.leaks == [] && honest.valueRows > 1_900 && honest.comparedRows > 1_700 && honest.times >= 2)
    let leak = try #require(try FeatureAudit.standard.leaks(of: subject(byLabel: true)).first)
    #expect(leak.inputs == ["flows"] && leak.time > start)
}

/// A daily value that claims to be known when its session opens: on data cut off at closes alone nothing would differ.
@Test func someCutsLieInsideASession() throws {
    let labels = (0..<300).map { UnixNanos(Int64($0) * UnixNanos.perDay + 14 * UnixNanos.perHour) }
    var random = SeededGenerator(seed: 4)
    let input = AuditInput(
        name: "closes",
        rows: FeatureRows(
            labels: labels, availableAt: labels.map { $0 + 7 * UnixNanos.perHour },
            columns: [labels.map { _ in 100 + random.nextUnit() }]))
    let subject = AuditSubject(id: "early", inputs: [input]) { inputs in
        column(inputs[0].rows, inputs[0].rows.columns[0], availableAt: inputs[0].rows.labels)
    }
    let leaks = try FeatureAudit.standard.leaks(of: subject)
    #expect(!leaks.isEmpty)
    let outside = leaks.filter { ($0.time.rawValue % UnixNanos.perDay) / UnixNanos.perHour < 14 }
    #expect(outside.isEmpty, "between sessions nothing is claimed early")
}

@Test func nothingComparedIsUntested() throws {
    let subject = AuditSubject(id: "empty", inputs: [minutes()]) { inputs in
        column(inputs[0].rows, inputs[0].rows.labels.map { _ in .nan })
    }
    let verdict = try #require(try FeatureAudit.standard.verdicts(of: subject).first)
    #expect(verdict.isUntested && verdict.leaks == [] && verdict.comparedRows == 0)
    let one = AuditSubject(id: "last row", inputs: [minutes()]) { inputs in
        column(inputs[0].rows, inputs[0].rows.labels.map { $0.rawValue == 999 * minute ? 1 : .nan })
    }
    let last = try #require(try FeatureAudit.standard.verdicts(of: one).first)
    #expect(!last.isUntested && last.comparedRows == 1 && last.valueRows == 1)
}

/// Leaks that change only with the order, the sign, the size of one column or the number of rows that follow.
@Test func anotherFutureIsReallyAnother() throws {
    var random = SeededGenerator(seed: 6)
    let times = (0..<2_000).map { UnixNanos(Int64($0) * minute) }
    let columns = [
        times.map { _ in 4_800 + random.nextUnit() }, times.map { _ in Double(random.next() % 1_000 + 1) },
        times.map { _ in random.nextNormal() }, times.map { _ in 0.0 }, times.map { _ in Double.nan },
    ]
    let names = ["close", "volume", "balance", "zero", "missing"]
    let inputs = zip(names, columns).map { name, column in
        AuditInput(
            name: name, rows: FeatureRows(labels: times, availableAt: times.map { $0 + minute }, columns: [column]))
    }
    func tail(_ input: AuditInput) -> ArraySlice<Double> { input.rows.columns[0].suffix(12) }
    func found(_ place: Int, _ peek: @escaping (ArraySlice<Double>) -> Double) throws -> Set<String> {
        let subject = AuditSubject(id: "peek", inputs: inputs) { inputs in
            // The last rows' times do not matter, only what is in them.
            let seen = peek(tail(inputs[place]))
            return column(inputs[0].rows, inputs[0].rows.labels.map { _ in seen })
        }
        let audit = FeatureAudit([.init(.perturbed, 0.5), .init(.perturbed, 0.3)])
        return Set(try audit.leaks(of: subject).flatMap(\.inputs))
    }
    for place in 0..<2 {
        #expect(try found(place) { ($0.max() ?? 0) > (columns[place].max() ?? 0) ? 1 : 0 } == [names[place]])
    }
    #expect(try found(0) { ($0.min() ?? 0) < (columns[0].min() ?? 0) ? 1 : 0 } == ["close"])
    #expect(try found(2) { Double($0.map { $0 > 0 ? "+" : "-" }.joined().utf8.reduce(0) { ($0 &* 3) ^ Int($1) }) } == ["balance"])
    #expect(try found(3) { $0.contains { $0 != 0 } ? 1 : 0 } == ["zero"])
    #expect(try found(4) { $0.contains { !$0.isNaN } ? 1 : 0 } == ["missing"])

    // Rows alone: how many of them follow, whatever they say.
    for isLonger in [true, false] {
        var values = SeededGenerator(seed: 1)
        let other = inputs[0].perturbed(after: times[1_500], seed: 9, values: &values, isLonger: isLonger)
        #expect(isLonger ? other.rows.count > 2_000 : other.rows.count < 2_000)
        #expect(
            other.rows.labels.prefix(1_500) == times.prefix(1_500)
                && other.rows.columns[0].prefix(1_500) == columns[0].prefix(1_500))
        #expect(zip(other.rows.labels, other.rows.labels.dropFirst()).allSatisfy { $0 < $1 })
        #expect(other.rows.availableAt.dropFirst(1_500).allSatisfy { $0 > times[1_500] })
        #expect(Set(other.rows.columns[0].dropFirst(1_500)).isDisjoint(with: columns[0]))
        var others = SeededGenerator(seed: 2)
        #expect(
            inputs[1].perturbed(after: times[1_500], seed: 9, values: &others, isLonger: isLonger).rows.labels
                == other.rows.labels)
    }
}
