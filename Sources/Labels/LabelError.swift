/// What can be wrong with a label that was asked for.
public enum LabelError: Error, Equatable, CustomStringConvertible {
    case unknownLabel(name: String, suggestion: String?)
    /// A name of the vocabulary of `LabelSpec.named` that says too little or something that no label is.
    case badName(name: String, reason: String)
    case badParameter(label: String, parameter: String, reason: String)
    case badPrices(reason: String)
    case missingInput(label: String, input: String)
    /// An input was given that this label, or these parameters of it, never read.
    case unreadInput(label: String, input: String)
    case badInput(label: String, input: String, reason: String)

    public var description: String {
        switch self {
        case .unknownLabel(let name, let suggestion):
            "there is no label \"\(name)\"" + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
        case .badName(let name, let reason): "label name \"\(name)\": \(reason)"
        case .badParameter(let label, let parameter, let reason): "label \(label): parameter \(parameter) \(reason)"
        case .badPrices(let reason): "prices for labels: \(reason)"
        case .missingInput(let label, let input): "label \(label) needs the input \(input)"
        case .unreadInput(let label, let input): "label \(label) does not read the input \(input) with these parameters"
        case .badInput(let label, let input, let reason): "label \(label): input \(input) \(reason)"
        }
    }
}
