public import Contracts
public import Primitives

/// A label that somebody wants: a definition, its parameters and the name of the column.
public struct LabelSpec: Hashable, Sendable {
    public let name: String
    public let definition: String
    public let parameters: [String: JSONValue]

    public init(name: String, definition: String, parameters: [String: JSONValue]) {
        self.name = name
        self.definition = definition
        self.parameters = parameters
    }

    /// Whether its distances count multiples of the volatility column.
    public var needsVolatility: Bool {
        if definition == "volatility_scaled_return" { return true }
        return ["volatility", "atr"].contains(parameters["distance"]?.stringValue ?? "")
    }

    /// Whether `TrailingVolatility.ofReturns` serves where no volatility is given: not for distances in units of the price.
    public var hasOwnVolatility: Bool { needsVolatility && parameters["distance"]?.stringValue != "atr" }

    /// The same with more parameters.
    public func adding(_ more: [String: JSONValue]) -> LabelSpec {
        LabelSpec(name: name, definition: definition, parameters: parameters.merging(more) { $1 })
    }

    /// What a row of LABELS asks for.
    /// - Throws: `LabelError`.
    public init(_ row: LabelRowSpec) throws {
        let named = try LabelSpec.named(row.label)
        for parameter in row.parameters.keys.sorted() where named.parameters[parameter] != nil {
            throw LabelError.badParameter(label: row.id, parameter: parameter, reason: "is said by the name \(row.label) already")
        }
        self.init(
            name: row.id, definition: named.definition, parameters: named.parameters.merging(row.parameters) { $1 })
    }
}

// The vocabulary of names in which a parameter or two are part of the name.
extension LabelSpec {
    /// Reads names such as `fwd_ret_15m`, `y_will_peak_30m_0.8` or `mfe_2h`: a label, a horizon, and for barriers a distance.
    ///
    /// The horizon is a whole number with `m`, `h` or `d` of clock time (a day is 24 hours), or `same_day` for the close of the
    /// session. Distances are multiples of the volatility column; those of `y_will_peak_mfe`, `y_will_valley_mfe` and of swings
    /// are fractions. The table is in docs/concepts/labels.md. A name of the catalogue stands for itself with its defaults.
    /// - Throws: `LabelError.badName`, `LabelError.unknownLabel`.
    public static func named(_ name: String) throws -> LabelSpec {
        if LabelCatalogue.named(name) != nil { return LabelSpec(name: name, definition: name, parameters: [:]) }
        for (prefix, reason) in refused where name.hasPrefix(prefix) { throw LabelError.badName(name: name, reason: reason) }
        if name == "fwd_ret_oc_same_day" {
            return LabelSpec(name: name, definition: "forward_return", parameters: ["session": "same", "entry": "next_open"])
        }
        guard let entry = vocabulary.first(where: { name.hasPrefix($0.prefix + "_") }) else {
            let words = LabelCatalogue.names + vocabulary.map(\.prefix)
            let near = Suggestion.closest(to: name, among: words)
            throw LabelError.unknownLabel(name: name, suggestion: near)
        }
        var parts = name.dropFirst(entry.prefix.count + 1).split(separator: "_", omittingEmptySubsequences: false)
        var parameters = entry.fixed
        if parts.starts(with: ["same", "day"]) {
            parameters["session"] = "same"
            parts.removeFirst(2)
        } else {
            guard let first = parts.first, "mhd".contains(first.last ?? " "), LabelDuration.nanoseconds(first) != nil else {
                throw LabelError.badName(
                    name: name, reason: "after \(entry.prefix) comes a horizon such as 15m, 2h, 1d or same_day")
            }
            parameters["horizon_time"] = .string(String(first))
            parts.removeFirst()
        }
        guard parts.count == entry.numbers.count else {
            throw LabelError.badName(
                name: name,
                reason: entry.numbers.isEmpty
                    ? "nothing comes after the horizon" : "\(entry.numbers.count) number(s) come after the horizon")
        }
        for (text, names) in zip(parts, entry.numbers) {
            guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), let number = Double(String(text)), number > 0
            else {
                throw LabelError.badName(name: name, reason: "\"\(text)\" is no number > 0")
            }
            for parameter in names { parameters[parameter] = .double(number) }
        }
        return LabelSpec(name: name, definition: entry.definition, parameters: parameters)
    }

    private struct Entry {
        let prefix: String
        let definition: String
        var fixed: [String: JSONValue] = [:]
        /// The parameters that each number after the horizon sets.
        var numbers: [[String]] = []
    }

    private static let multiples: [String: JSONValue] = ["distance": "volatility"]
    private static let oneSided: [String: JSONValue] = ["one_sided": true]

    /// Longer prefixes before those that they begin with.
    private static let vocabulary: [Entry] = [
        Entry(prefix: "fwd_ret", definition: "forward_return"),
        Entry(prefix: "ret_zscore", definition: "volatility_scaled_return"),
        Entry(prefix: "y_will_peak_mfe", definition: "will_peak", fixed: oneSided, numbers: [["barrier"]]),
        Entry(prefix: "y_will_valley_mfe", definition: "will_valley", fixed: oneSided, numbers: [["barrier"]]),
        Entry(prefix: "y_will_peak", definition: "will_peak", fixed: multiples, numbers: [["barrier"]]),
        Entry(prefix: "y_will_valley", definition: "will_valley", fixed: multiples, numbers: [["barrier"]]),
        Entry(prefix: "y_will_swing_high", definition: "will_swing", fixed: ["swing": "high"], numbers: [["reversal"]]),
        Entry(prefix: "y_will_swing_low", definition: "will_swing", fixed: ["swing": "low"], numbers: [["reversal"]]),
        Entry(prefix: "y_first_touch", definition: "hit_direction", fixed: multiples, numbers: [["upper", "lower"]]),
        Entry(prefix: "hit_direction", definition: "hit_direction", fixed: multiples, numbers: [["upper", "lower"]]),
        Entry(prefix: "hit_asym", definition: "hit_direction", fixed: multiples, numbers: [["upper"], ["lower"]]),
        Entry(prefix: "tth_up", definition: "time_to_hit", fixed: multiples, numbers: [["upper"]]),
        Entry(prefix: "tth_down", definition: "time_to_hit", fixed: multiples, numbers: [["lower"]]),
        Entry(prefix: "tth", definition: "time_to_hit", fixed: multiples, numbers: [["upper", "lower"]]),
        Entry(prefix: "mfe_share", definition: "mfe_share"),
        Entry(prefix: "mfe", definition: "mfe"),
        Entry(prefix: "mae", definition: "mae"),
        Entry(prefix: "mdd", definition: "max_drawdown"),
        Entry(prefix: "time_in_profit", definition: "time_in_profit"),
        Entry(prefix: "flipcount", definition: "flip_count"),
    ]

    private static let refused: [(prefix: String, reason: String)] = [
        ("p_up", "a probability is what a model says, not what happened"),
        ("p_down", "a probability is what a model says, not what happened"),
        ("barrier_", "the price of a barrier is no outcome; it follows from the volatility column"),
        ("ret_ord", "its classes are not defined; rolling_percentile and forward_direction are"),
    ]
}
