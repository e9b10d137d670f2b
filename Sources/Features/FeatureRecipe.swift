public import Contracts
public import Primitives

/// How a feature is computed from its rows: a transform, then what finishes the result.
public struct FeatureRecipe: Sendable {
    public let id: String
    public let transform: TransformDefinition
    public let parameters: TransformParameters
    public let missingPolicy: MissingPolicy
    /// See `FeatureSpec.maxAge`.
    public let maxAge: DataAge?
    private let finish: [(transform: TransformDefinition, parameters: TransformParameters)]

    /// - Parameters:
    ///   - columns: how many columns the transform reads, those of the calendar included.
    ///   - library: where the transforms are looked up.
    /// - Throws: `FeatureError.unknownTransform`, `.badParameter`, `.wrongInputs`.
    public init(_ spec: FeatureSpec, columns: Int, library: TransformLibrary) throws {
        id = spec.id
        guard let transform = library.transform(of: spec) else {
            throw FeatureError.unknownTransform(feature: spec.id, transform: spec.transform)
        }
        self.transform = transform
        parameters = try TransformParameters(transform, spec.parameters, columns: columns, feature: spec.id)
        missingPolicy = spec.missingPolicy
        maxAge = spec.maxAge
        finish = try spec.finish.map { step in
            guard let transform = library.named(step.transform) else {
                throw FeatureError.unknownTransform(feature: spec.id, transform: step.transform)
            }
            return (transform, try TransformParameters(transform, step.parameters, feature: spec.id))
        }
    }

    /// Everything beside the input values that decides the result.
    public var identity: JSONValue {
        let steps = [(transform, parameters)] + finish.map { ($0.transform, $0.parameters) }
        return [
            "join": .int(FeatureRows.joinVersion), "missing_policy": .string(missingPolicy.description),
            "max_age_ns": maxAge.map { .int($0.nanos) } ?? .null,
            "steps": .array(
                steps.map { transform, parameters in
                    [
                        "transform": .string(transform.identity), "version": .int(Int64(transform.version)),
                        "parameters": .object(parameters.values), "columns": .int(Int64(parameters.columns)),
                    ]
                }),
        ]
    }

    /// Rows without a value at the beginning; nil where the data decide.
    public var warmUp: Int? {
        finish.reduce(transform.warmUp(parameters)) { rows, step in
            rows.flatMap { rows in step.transform.warmUp(step.parameters).map { rows + $0 } }
        }
    }

    /// Whole sessions without a value at the beginning, before the rows of `warmUp`.
    public var warmUpSessions: Int { transform.warmUpSessions(parameters) }

    /// A computation at its beginning.
    /// - Throws: `FeatureError.badParameter`.
    public func stream() throws -> FeatureStream {
        FeatureStream(kernels: try [transform.kernel(parameters)] + finish.map { try $0.transform.kernel($0.parameters) })
    }

    /// What the transform reads: sources joined by known time, and the rule for missing values applied.
    /// - Throws: `FeatureError`.
    public func rows(_ sources: [Series]) throws -> FeatureRows {
        try joined(sources).applying(missingPolicy, feature: id)
    }

    /// Sources joined by known time, without what is too old.
    /// - Throws: `FeatureError.labelsNotIncreasing`.
    public func joined(_ sources: [Series]) throws -> FeatureRows {
        try FeatureRows.join(sources, maxAge: maxAge?.nanos)
    }

    /// The whole column.
    /// - Parameter rows: as `FeatureRows.applying` leaves them.
    /// - Throws: `FeatureError`.
    public func column(_ rows: FeatureRows) throws -> Series {
        var stream = try stream()
        return Series(name: id, labels: rows.labels, values: stream.append(rows.columns), availableAt: rows.availableAt)
    }
}

/// A feature's computation between two rows: it takes more rows, and can be saved.
public struct FeatureStream: Sendable {
    private var kernels: [any Kernel]

    init(kernels: [any Kernel]) { self.kernels = kernels }

    /// Takes the next rows.
    /// - Precondition: the columns are those of the recipe's transform, of one length.
    public mutating func append(_ columns: [[Double]]) -> [Double] {
        var values = kernels[0].apply(columns)
        for index in kernels.indices.dropFirst() { values = kernels[index].apply([values]) }
        return values
    }

    /// The state, bit for bit.
    public var state: [[UInt64]] { kernels.map { StateArchive.saving($0) } }

    /// - Returns: false where the state is not one of this computation, which is unchanged then.
    public mutating func restore(_ state: [[UInt64]]) -> Bool {
        guard state.count == kernels.count else { return false }
        var restored = kernels
        for index in kernels.indices {
            guard Self.restore(state[index], into: &restored[index]) else { return false }
        }
        kernels = restored
        return true
    }

    private static func restore(_ words: [UInt64], into kernel: inout any Kernel) -> Bool {
        func opened<K: Kernel>(_ concrete: K) -> (any Kernel)? {
            var copy = concrete
            return StateArchive.restore(words, into: &copy) ? copy : nil
        }
        guard let restored = opened(kernel) else { return false }
        kernel = restored
        return true
    }
}
