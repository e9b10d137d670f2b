internal import Contracts
public import Primitives

/// A transform made of others, as a file of spec/features describes it:
///
///     name: trend_strength
///     formula: z-score of the mean return
///     source: house definition
///     units: standard deviations
///     inputs: [close]
///     parameters:
///       window: {kind: integer, least: 2, default: 20, comment: rows}
///     steps:
///       - {id: r, transform: log_return, inputs: [close]}
///       - {id: m, transform: sma, inputs: [r], parameters: {window: $window}}
///       - {id: z, transform: zscore, inputs: [m], parameters: {window: $window}}
///     output: z
public enum ComposedTransform {
    /// What is wrong with a description, and where in it.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let key: String
        public let reason: String
        public var description: String { "\(key): \(reason)" }
    }

    /// One step, its inputs as places among the transform's inputs and the steps before.
    private struct Step: Sendable {
        let transform: TransformDefinition
        let inputs: [Int]
        /// Values, or `$name` for a parameter of the whole.
        let parameters: [String: JSONValue]

        func parameters(_ outer: TransformParameters) throws -> TransformParameters {
            let values = parameters.mapValues { value in
                value.stringValue.flatMap { $0.hasPrefix("$") ? outer.values[String($0.dropFirst())] : nil } ?? value
            }
            return try TransformParameters(transform, values, columns: inputs.count, feature: outer.feature)
        }
    }

    private static let keys = ["name", "formula", "source", "units", "inputs", "parameters", "steps", "output"]

    /// - Throws: `Failure`.
    public static func parse(_ document: JSONValue) throws -> TransformDefinition {
        guard let members = document.objectValue else { throw Failure(key: "file", reason: "is not a mapping") }
        if let unknown = members.keys.sorted().first(where: { !keys.contains($0) }) {
            throw Failure(key: unknown, reason: "is not known; known are " + keys.joined(separator: ", "))
        }
        func text(_ key: String) throws -> String {
            guard let value = members[key]?.stringValue, !value.isEmpty else {
                throw Failure(key: key, reason: "a text is required")
            }
            return value
        }
        let name = try text("name")
        guard WorkbookIdentifier.isValid(name) else { throw Failure(key: "name", reason: "\"\(name)\" is not an identifier") }
        guard TransformCatalogue.named(name) == nil, TransformCatalogue.combination(name) == nil else {
            throw Failure(key: "name", reason: "\(name) is a transform of the catalogue")
        }
        guard let inputs = members["inputs"]?.arrayValue?.compactMap(\.stringValue), !inputs.isEmpty,
            Set(inputs).count == inputs.count
        else { throw Failure(key: "inputs", reason: "a list of different names is required") }
        let parameters = try parameterSpecs(members["parameters"])
        var places = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ($0.element, $0.offset) })
        var steps: [Step] = []
        guard let list = members["steps"]?.arrayValue, !list.isEmpty else {
            throw Failure(key: "steps", reason: "a list of steps is required")
        }
        for (index, item) in list.enumerated() {
            let (id, step) = try self.step(item, at: "steps[\(index)]", places: places, parameters: parameters)
            guard places[id] == nil else { throw Failure(key: "steps[\(index)].id", reason: "\(id) is taken") }
            places[id] = inputs.count + index
            steps.append(step)
        }
        let outputName = try text("output")
        guard let output = places[outputName], output >= inputs.count else {
            throw Failure(key: "output", reason: "\(outputName) is no step")
        }
        let made = steps
        // The steps' own arithmetic is part of the meaning: their versions, and the defaults that the description leaves to them.
        let arithmetic = made.map { step in
            let defaults = step.transform.parameters.map { "\($0.name)=\($0.defaultValue.map { "\($0)" } ?? "")" }
            return "\(step.transform.identity) \(step.transform.version) \(defaults.joined(separator: ","))"
        }
        let content = Digest.of(try Digest.of(document).hex + arithmetic.joined(separator: "\n"))
        let definition = TransformDefinition(
            name, .basics, inputs: inputs.map { .column($0) }, try text("formula"), source: try text("source"),
            units: try text("units"), parameters: parameters, identity: name + " " + content.hex,
            warmUp: { warmUp(made, inputs: inputs.count, output: output, $0) },
            kernel: { outer in
                ComposedKernel(
                    kernels: try made.map { try $0.transform.kernel($0.parameters(outer)) }, inputs: made.map(\.inputs),
                    width: inputs.count, output: output)
            })
        try checkDefaults(definition)
        return definition
    }

    /// A description whose steps refuse its own defaults is wrong as it stands.
    private static func checkDefaults(_ definition: TransformDefinition) throws {
        guard definition.parameters.allSatisfy({ !$0.isRequired || $0.defaultValue != nil }) else { return }
        do { _ = try definition.makeKernel() } catch { throw Failure(key: "steps", reason: "\(error)") }
    }

    private static func warmUp(_ steps: [Step], inputs: Int, output: Int, _ outer: TransformParameters) -> Int? {
        var rows = [Int?](repeating: 0, count: inputs)
        for step in steps {
            let known = step.inputs.compactMap { rows[$0] }
            guard known.count == step.inputs.count, let parameters = try? step.parameters(outer),
                let own = step.transform.warmUp(parameters)
            else {
                rows.append(nil)
                continue
            }
            rows.append((known.max() ?? 0) + own)
        }
        return rows[output]
    }

    private static func step(
        _ item: JSONValue, at place: String, places: [String: Int], parameters: [ParameterSpec]
    ) throws -> (String, Step) {
        guard let members = item.objectValue, let id = members["id"]?.stringValue, !id.isEmpty else {
            throw Failure(key: place, reason: "a step needs id, transform and inputs")
        }
        if let unknown = members.keys.sorted().first(where: { !["id", "transform", "inputs", "parameters"].contains($0) }) {
            throw Failure(key: "\(place).\(unknown)", reason: "is not known")
        }
        let name = members["transform"]?.stringValue ?? ""
        guard let transform = TransformCatalogue.named(name) ?? TransformCatalogue.combination(name) else {
            throw Failure(
                key: "\(place).transform",
                reason: "there is no transform \"\(name)\""
                    + (Suggestion.closest(to: name, among: TransformCatalogue.names).map { "; did you mean \($0)?" } ?? ""))
        }
        guard !transform.inputs.contains(where: { if case .clock = $0 { true } else { false } }) else {
            throw Failure(key: "\(place).transform", reason: "\(name) reads the calendar and cannot be a step")
        }
        let inputs = try (members["inputs"]?.arrayValue ?? []).map { value in
            guard let input = value.stringValue, let index = places[input] else {
                throw Failure(key: "\(place).inputs", reason: "\(value.stringValue ?? "?") is no input and no earlier step")
            }
            return index
        }
        guard transform.columnCounts.contains(inputs.count) else {
            throw Failure(
                key: "\(place).inputs",
                reason: "\(name) reads \(transform.columnRoles.joined(separator: ", ")), \(inputs.count) given")
        }
        let given = members["parameters"]?.objectValue ?? [:]
        for (key, value) in given.sorted(by: { $0.key < $1.key }) {
            guard transform.parameters.contains(where: { $0.name == key }) else {
                throw Failure(key: "\(place).parameters.\(key)", reason: "is not read by \(name)")
            }
            if let reference = value.stringValue, reference.hasPrefix("$"),
                !parameters.contains(where: { $0.name == reference.dropFirst() })
            {
                throw Failure(key: "\(place).parameters.\(key)", reason: "\(reference) is no parameter")
            }
        }
        return (id, Step(transform: transform, inputs: inputs, parameters: given))
    }

    private static func parameterSpecs(_ value: JSONValue?) throws -> [ParameterSpec] {
        try (value?.objectValue ?? [:]).sorted { $0.key < $1.key }.map { name, item in
            let key = "parameters.\(name)"
            guard let members = item.objectValue else { throw Failure(key: key, reason: "is not a mapping") }
            if let unknown = members.keys.sorted().first(where: { !["kind", "least", "most", "default", "comment"].contains($0) })
            {
                throw Failure(key: "\(key).\(unknown)", reason: "is not known")
            }
            let kinds: [String: ParameterSpec.Kind] = ["integer": .integer, "number": .number]
            guard let kind = kinds[members["kind"]?.stringValue ?? ""] else {
                throw Failure(key: "\(key).kind", reason: "is integer or number")
            }
            let least = members["least"]?.doubleValue ?? -Double.greatestFiniteMagnitude
            let most = members["most"]?.doubleValue ?? .greatestFiniteMagnitude
            guard least <= most else { throw Failure(key: key, reason: "least is above most") }
            let spec = ParameterSpec(
                name, kind, required: members["default"] == nil, in: least...most, default: members["default"],
                members["comment"]?.stringValue ?? name)
            if let value = spec.defaultValue, let reason = spec.mismatch(value) {
                throw Failure(key: "\(key).default", reason: reason)
            }
            return spec
        }
    }
}

/// Kernels one after the other, each reading inputs or results of earlier ones.
private struct ComposedKernel: Kernel {
    var kernels: [any Kernel]
    /// Places of each kernel's inputs: below `width` a column, above a kernel.
    let inputs: [[Int]]
    let width: Int
    let output: Int

    mutating func run(_ rows: KernelRows, into target: UnsafeMutablePointer<Double>) {
        let buffers = UnsafeMutablePointer<Double>.allocate(capacity: rows.count * kernels.count)
        defer { buffers.deallocate() }
        func column(_ place: Int) -> UnsafePointer<Double> {
            place < width ? rows.columns[place] : UnsafePointer(buffers + (place - width) * rows.count)
        }
        for index in kernels.indices {
            let columns = inputs[index].map(column)
            columns.withUnsafeBufferPointer { pointers in
                guard let first = pointers.baseAddress else { return }
                kernels[index].run(
                    KernelRows(columns: first, width: pointers.count, count: rows.count), into: buffers + index * rows.count)
            }
        }
        target.update(from: column(output), count: rows.count)
    }

    mutating func archive(_ archive: inout StateArchive) {
        for index in kernels.indices { kernels[index].archive(&archive) }
    }
}
