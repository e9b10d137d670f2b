import Contracts
import Primitives

/// A series as it is stored: strictly increasing labels and numeric columns, NaN where a cell was empty.
protocol SeriesTable: Equatable {
    associatedtype Label: Comparable, CustomStringConvertible

    /// What the stored column of labels is called.
    static var labelName: String { get }
    /// A label as an instant of the registry.
    static func instant(_ label: Label) -> UnixNanos
    /// Reads a source file.
    /// - Throws: `ApusError` naming file, line or cell.
    static func read(_ file: String, _ dataset: DatasetSpec) throws -> Self
    /// Reads back what `table` wrote.
    init(_ table: Table)

    var labels: [Label] { get }
    var names: [String] { get }
    var columns: [[Double]] { get }
    /// Columns of the source that hold no numbers, such as a symbol.
    var leftOut: [String] { get }
    /// The stored labels.
    var labelColumn: Column { get }
}

/// A change of history.
struct SeriesRevision: CustomStringConvertible {
    /// In UTC; nil where the columns changed.
    let date: CivilDate?
    let description: String
}

extension SeriesTable {
    static func == (a: Self, b: Self) -> Bool {
        a.labels == b.labels && a.names == b.names
            && zip(a.columns, b.columns).allSatisfy { zip($0, $1).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) } }
    }

    /// The canonical Parquet form: the labels, then every column as a nullable Float64 under its own name.
    var table: Table {
        Table(
            [labelColumn]
                + zip(names, columns).map { name, values in
                    let validity = values.map { !$0.isNaN }
                    return Column(
                        ColumnSpec(name, .double, nullable: true), .doubles(values),
                        validity: validity.allSatisfy { $0 } ? nil : validity)
                })
    }

    /// Names and values of the columns beside the labels.
    static func values(_ table: Table) -> (names: [String], columns: [[Double]]) {
        let rest = table.columns.filter { $0.spec.name != labelName }
        let columns = rest.map { column in
            guard let validity = column.validity else { return column.doubles }
            return zip(column.doubles, validity).map { $1 ? $0 : .nan }
        }
        return (rest.map(\.spec.name), columns)
    }

    /// The first change of history against an earlier state: a value that differs, a row that vanished, or a row that appeared
    /// before the end. A table that is the beginning of the earlier one changes nothing.
    func firstRevision(of earlier: Self) -> SeriesRevision? {
        if names != earlier.names {
            return SeriesRevision(
                date: nil,
                description: "its columns are \(names.joined(separator: ", ")) and were \(earlier.names.joined(separator: ", "))")
        }
        for index in earlier.labels.indices {
            guard index < labels.count else { return nil }
            let label = labels[index], old = earlier.labels[index]
            if label != old {
                return SeriesRevision(
                    date: Self.instant(min(label, old)).utcDate,
                    description: label > old ? "the row of \(old) is gone" : "a row of \(label) was inserted")
            }
            for column in columns.indices {
                let old = earlier.columns[column][index], new = columns[column][index]
                if old != new && !(old.isNaN && new.isNaN) {
                    return SeriesRevision(
                        date: Self.instant(label).utcDate, description: "\(names[column]) of \(label) was \(old) and is \(new)")
                }
            }
        }
        return nil
    }
}
