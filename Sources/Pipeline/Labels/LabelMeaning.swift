import Contracts
import Labels
import Primitives

/// What a label of the workbook is, without its data.
struct LabelMeaning {
    let row: LabelRowSpec
    let spec: LabelSpec
    let instrument: InstrumentSpec
    let benchmark: InstrumentSpec?
    /// What a label that compares instruments compares; empty for a label of one series.
    let members: [LabelMeaning]
    /// Definition with its version, and parameters, as manifests hold them.
    let label: JSONValue
    /// Prices, features and members, as manifests hold them.
    let inputs: JSONValue
    /// Digest of all that the column means.
    let specHash: String

    /// - Parameter hash: the specification hash of a feature.
    /// - Throws: `ApusError`, `LabelError`, and what `hash` throws.
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
        label = [
            "definition": .string(definition.name), "version": .int(Int64(definition.version)),
            "parameters": .object(try LabelParameters(definition, spec.parameters).values),
        ]
        if definition.family == .crossSection {
            members = try Self.members(of: row, configuration, featureHash: hash)
            inputs = [
                "members": .array(members.map { .string($0.specHash) }), "judged": .string(row.instrumentID),
            ]
        } else {
            members = []
            func identity(_ feature: String?) throws -> JSONValue {
                guard let feature else { return .null }
                return [
                    "feature": .string(try hash(feature)),
                    "lag_rows": configuration.feature(feature)?.lagRows.map { .int(Int64($0)) } ?? .null,
                ]
            }
            inputs = [
                "instrument": Self.identity(instrument), "benchmark": benchmark.map(Self.identity) ?? .null,
                "volatility": try identity(row.volatilityFeatureID), "side": try identity(row.sideFeatureID),
            ]
        }
        specHash = try Digest.of(JSONValue.object(["label": label, "inputs": inputs])).hex
    }

    private static func members(
        of row: LabelRowSpec, _ configuration: Configuration, featureHash hash: (String) throws -> String
    ) throws -> [LabelMeaning] {
        let members = try row.memberLabelIDs.map { id in
            guard let member = configuration.label(id) else {
                throw ApusError("config.unknown", "no enabled label has this id", context: ["label": row.id, "member": id])
            }
            guard member.memberLabelIDs.isEmpty else {
                throw ApusError(
                    "config.value", "a label that compares instruments compares labels of one each",
                    context: ["label": row.id, "member": id])
            }
            return try LabelMeaning(member, configuration, featureHash: hash)
        }
        let instruments = members.map(\.instrument.id)
        guard members.count > 1, Set(instruments).count == members.count, instruments.contains(row.instrumentID) else {
            throw ApusError(
                "config.value",
                "member_label_ids wants the labels of at least two instruments, one of each, and that of the "
                    + "row's own among them",
                context: ["label": row.id, "instruments": instruments.joined(separator: ", ")])
        }
        return members
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
