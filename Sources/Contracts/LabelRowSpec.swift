public import Primitives

/// One enabled row of LABELS.
public struct LabelRowSpec: Hashable, Sendable {
    public let id: String
    public let name: String
    public let instrumentID: String
    /// A name of the catalogue of labels, or one that carries parameters, such as `fwd_ret_15m`.
    public let label: String
    /// Those that the name does not carry.
    public let parameters: [String: JSONValue]
    /// What distances are multiples of; nil for the label's own trailing volatility, where it counts any.
    public let volatilityFeatureID: String?
    /// Its sign is the bet.
    public let sideFeatureID: String?
    public let benchmarkInstrumentID: String?
    /// For a label that compares instruments: the labels, one an instrument, among which that of this instrument is judged.
    public let memberLabelIDs: [String]
    public let tags: [String]

    init(_ row: ConfigurationRow) throws {
        id = row.id
        name = row.optionalText("label_name") ?? row.id
        instrumentID = try row.text("instrument_id")
        label = try row.text("label")
        parameters = row.object("params_json")
        volatilityFeatureID = row.optionalText("volatility_feature_id")
        sideFeatureID = row.optionalText("side_feature_id")
        benchmarkInstrumentID = row.optionalText("benchmark_instrument_id")
        memberLabelIDs = row.list("member_label_ids")
        tags = row.list("tags")
    }
}
