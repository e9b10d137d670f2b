import Contracts
import Labels
import Primitives
import Testing

// What holds for every label.

/// Cut at any instant, a label that ended by then is the same to the last bit, with everything beside it; one that ends later is
/// missing. So the end time is neither too early (something after it would have been read) nor is anything shown before it.
@Test(arguments: LabelCatalogue.all.filter { $0.family != .crossSection }.map(\.name))
func labelsAreKnownAtTheirEndAndNotBefore(_ name: String) throws {
    let cases = LabelCase.all.filter { $0.name == name }
    try #require(!cases.isEmpty, "no case of \(name)")
    for sample in try LabelSample.all() {
        for item in cases {
            let whole = try item.build(sample)
            for cut in [2, 60, 61, 125, sample.prices.count - 1] where cut < whole.count {
                let time = whole.decisionTimes[cut - 1]
                let rows = sample.prices.rowsKnown(by: time)
                let part = try item.build(sample, rows: rows)
                let wrong = (0..<rows).first { !agrees(whole, part, $0, at: time) }
                #expect(wrong == nil, "\(item) on \(sample.name), cut at row \(cut)")
            }
        }
    }
}

private func agrees(_ whole: LabelColumn, _ part: LabelColumn, _ row: Int, at time: UnixNanos) -> Bool {
    guard let end = whole.endTimes[row], end <= time else {
        return part.endTimes[row] == nil && part.values[row].isNaN && part.sides.allSatisfy { isMissing($0, row) }
    }
    return part.endTimes[row] == end && part.endRows[row] == whole.endRows[row]
        && part.values[row].bitPattern == whole.values[row].bitPattern
        && zip(part.sides, whole.sides).allSatisfy { isSame($0, $1, row) }
}

private func isMissing(_ side: LabelSideColumn, _ row: Int) -> Bool {
    side.numbers?[row].isNaN ?? (side.instants?[row] == nil)
}

private func isSame(_ a: LabelSideColumn, _ b: LabelSideColumn, _ row: Int) -> Bool {
    if let a = a.numbers, let b = b.numbers { return a[row].bitPattern == b[row].bitPattern }
    return a.instants?[row] == b.instants?[row]
}

/// A label needs the future: its end is later than its decision, and the sides are there exactly where it is.
@Test(arguments: LabelCatalogue.all.filter { $0.family != .crossSection }.map(\.name))
func everyLabelEndsAfterItsDecision(_ name: String) throws {
    for sample in try LabelSample.all() {
        for item in LabelCase.all where item.name == name {
            let column = try item.build(sample)
            let wrong = (0..<column.count).first { row in
                guard !column.values[row].isNaN else { return !column.sides.allSatisfy { isMissing($0, row) } }
                guard let end = column.endTimes[row], end > column.decisionTimes[row], column.values[row].isFinite else {
                    return true
                }
                return column.sides.contains { isMissing($0, row) }
            }
            #expect(wrong == nil, "\(item) on \(sample.name)")
        }
    }
}

@Test func everyLabelIsDocumented() {
    #expect(Set(LabelCatalogue.names).count == LabelCatalogue.names.count)
    for item in LabelCatalogue.all {
        #expect(!item.formula.isEmpty && !item.source.isEmpty && !item.units.isEmpty && item.cost.hasPrefix("O("), "\(item.name)")
        #expect(item.parameters.allSatisfy { !$0.comment.isEmpty }, "\(item.name)")
        #expect(Set(item.parameters.map(\.name)).count == item.parameters.count, "\(item.name)")
        #expect(Set(item.sides.map(\.name)).count == item.sides.count, "\(item.name)")
    }
}
