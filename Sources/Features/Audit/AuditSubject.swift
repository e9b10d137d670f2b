internal import Primitives

/// A computation whose outputs claim, row by row, when they were known: features from their sources on, or a label whose claim is
/// its end time.
public struct AuditSubject {
    /// Of the outputs, in the order in which they are computed.
    public let ids: [String]
    public let inputs: [AuditInput]
    /// Whether a row counts as known only when all rows before it are, as decisions read a feature; a label's rows become known
    /// in any order.
    let isReadInOrder: Bool
    let compute: ([AuditInput]) throws -> [Series]

    /// - Parameter compute: gives the whole outputs, one an id, for any version of the inputs.
    public init(ids: [String], inputs: [AuditInput], compute: @escaping ([AuditInput]) throws -> [Series]) {
        self.init(ids: ids, inputs: inputs, isReadInOrder: true, compute)
    }

    /// A computation with one output.
    /// - Parameters:
    ///   - isReadInOrder: false where each row is known by itself.
    ///   - compute: gives the whole output for any version of the inputs.
    public init(
        id: String, inputs: [AuditInput], isReadInOrder: Bool = true, compute: @escaping ([AuditInput]) throws -> Series
    ) {
        self.init(ids: [id], inputs: inputs, isReadInOrder: isReadInOrder) { [try compute($0)] }
    }

    private init(
        ids: [String], inputs: [AuditInput], isReadInOrder: Bool, _ compute: @escaping ([AuditInput]) throws -> [Series]
    ) {
        self.ids = ids
        self.inputs = inputs
        self.isReadInOrder = isReadInOrder
        self.compute = compute
    }

    /// The same with one of its outputs alone.
    func only(_ output: Int) -> AuditSubject {
        AuditSubject(ids: [ids[output]], inputs: inputs, isReadInOrder: isReadInOrder) { [try compute($0)[output]] }
    }

    /// When each row of an output counts as known.
    func knownTimes(_ output: Series) -> [UnixNanos] {
        isReadInOrder ? output.availableAt.runningMaximum : output.availableAt
    }
}
