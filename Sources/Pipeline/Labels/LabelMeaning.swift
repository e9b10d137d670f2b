import Contracts
import Labels
import Primitives

/// What a label of the workbook is, without its data.
struct LabelMeaning {
    let row: LabelRowSpec
    let spec: LabelSpec
    let instrument: InstrumentSpec
    let benchmark: InstrumentSpec?
    /// Definition with its version, and parameters, as manifests hold them.
    let label: JSONValue
    /// Prices and features, as manifests hold them.
    let inputs: JSONValue
    /// Digest of all that the column means.
    let specHash: String

    /// - Parameter hash: the specification hash of a feature.
    /// - Throws: `ApusError` `config.unknown`, `LabelError`, and what `hash` throws.
    init(_ row: LabelRowSpec, _ configuration: Configuration, featureHash hash: (String) throws -> String) throws {
        self.row = row
        spec = try LabelSpec(row)
        guard let definition = LabelCatalogue.named(spec.definition) else {
            throw LabelError.unknownLabel(name: spec.definition, suggestion: nil)
        }
        func known(_ id: String) throws -> InstrumentSpec {
            guard let instrument = configuration.instrument(id) else {
                throw ApusError("config.unknown", "INSTRUMENTS has no row \"\(id)\"")
            }
            return instrument
        }
        instrument = try known(row.instrumentID)
        benchmark = try row.benchmarkInstrumentID.map(known)
        func identity(_ feature: String?) throws -> JSONValue {
            guard let feature else { return .null }
            return [
                "feature": .string(try hash(feature)),
                "lag_rows": configuration.feature(feature)?.lagRows.map { .int(Int64($0)) } ?? .null,
            ]
        }
        label = [
            "definition": .string(definition.name), "version": .int(Int64(definition.version)),
            "parameters": .object(try LabelParameters(definition, spec.parameters).values),
        ]
        inputs = [
            "instrument": Self.identity(instrument), "benchmark": benchmark.map(Self.identity) ?? .null,
            "volatility": try identity(row.volatilityFeatureID), "side": try identity(row.sideFeatureID),
        ]
        specHash = try Digest.of(JSONValue.object(["label": label, "inputs": inputs])).hex
    }

    private static func identity(_ instrument: InstrumentSpec) -> JSONValue {
        [
            "prices": .string(instrument.prices.description), "symbol": .string(instrument.id),
            "calendar": .string(instrument.calendar),
            "columns": [
                .string(instrument.openColumn), .string(instrument.highColumn), .string(instrument.lowColumn),
                .string(instrument.closeColumn),
            ],
        ]
    }
}
