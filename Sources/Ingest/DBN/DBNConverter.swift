import Primitives

/// Databento files as CSV, JSON lines and tables, with the columns, the order and the values that databento's own tools give:
/// CSV and JSON are byte for byte those of `DBNStore.to_csv` and `to_json`, tables are the columns of `DBNStore.to_parquet`.
///
/// Where databento's tools lose or garble something, this differs: text that is not UTF-8 is an error and text that fills its
/// field to the last byte is kept (there both become empty), a letter
/// beyond ASCII is written as valid JSON, and tables of version 1 and 2 files have version 3's columns like CSV and JSON do
/// unless `Options.upgrades` is off.
public enum DBNConverter {
    public struct Options: Sendable {
        /// Decimal prices in place of integers of 1e-9 units.
        public var prettyPrices = true
        /// ISO 8601 times in place of nanoseconds.
        public var prettyTimes = true
        /// Adds the column `symbol` from the file's mappings.
        public var mapSymbols = true
        /// Presents records of versions 1 and 2 as version 3.
        public var upgrades = true
        /// Which records to take for CSV and tables; needed where the file mixes schemas, by default the file's own.
        public var schema: DBNSchema?

        public init() {}

        /// Integers for prices and times.
        public static var raw: Options {
            var options = Options()
            options.prettyPrices = false
            options.prettyTimes = false
            return options
        }
    }

    /// The record types and the fields of a conversion into one table.
    static func layout(_ metadata: DBNMetadata, _ options: Options, file: String) throws -> (
        types: [DBNRecordType], fields: [DBNField]
    ) {
        guard let schema = options.schema ?? metadata.schema else {
            throw ApusError("dbn.schema", "the file may mix schemas: name the one to convert", context: ["file": file])
        }
        let types = DBNLayout.types(schema)
        return (types, fields(types[0], metadata, options))
    }

    /// The fields of a record type, `ts_out` behind them where the file has it.
    static func fields(_ type: DBNRecordType, _ metadata: DBNMetadata, _ options: Options) -> [DBNField] {
        var fields = DBNLayout.fields(type, version: metadata.version, upgrades: options.upgrades)
        if metadata.tsOut { fields.append(.timestamp("ts_out", type.size(version: metadata.version))) }
        return fields
    }

    static func notText(_ field: DBNField, file: String, offset: Int64) -> ApusError {
        DBNError.make("dbn.text", "\(field.name) is not UTF-8", file: file, offset: offset)
    }
}
