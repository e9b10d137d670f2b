public import Primitives

/// Computes labels.
public enum LabelBuilder {
    /// A label of one series.
    /// - Parameter column: the name of the result; the definition's where absent.
    /// - Throws: `LabelError`.
    public static func build(
        _ name: String, _ parameters: [String: JSONValue] = [:], prices: LabelPrices, inputs: LabelInputs = LabelInputs(),
        column: String? = nil
    ) throws -> LabelColumn {
        let definition = try definition(name)
        guard case .series(let compute) = definition.computation else {
            throw LabelError.badName(name: name, reason: "it ranks the labels of several series: use buildCrossSection")
        }
        let column = column ?? name
        let checked = try LabelParameters(definition, parameters, label: column)
        let request = LabelRequest(parameters: checked, prices: prices, inputs: inputs)
        try checkInputs(definition, request)
        return finish(try compute(request), definition, checked, prices.labels, prices.availableAt)
    }

    /// - Throws: `LabelError`.
    public static func build(
        _ spec: LabelSpec, prices: LabelPrices, inputs: LabelInputs = LabelInputs()
    ) throws -> LabelColumn {
        try build(spec.definition, spec.parameters, prices: prices, inputs: inputs, column: spec.name)
    }

    /// Whether a label can be built, without prices: its name, its parameters and how they go together.
    /// - Throws: `LabelError`.
    public static func check(_ spec: LabelSpec) throws {
        let definition = try definition(spec.definition)
        try check(
            spec, given: Set(definition.inputs.filter { $0 != .volatility || spec.needsVolatility }))
    }

    /// The same where only some inputs are there; the open and the sessions always are.
    /// - Throws: `LabelError`, for inputs `missingInput` and `unreadInput`.
    public static func check(_ spec: LabelSpec, given: Set<LabelInput>) throws {
        let definition = try definition(spec.definition)
        guard case .series = definition.computation else {
            _ = try LabelParameters(definition, spec.parameters, label: spec.name)
            return
        }
        func empty(_ input: LabelInput) -> [Double]? { given.contains(input) ? [] : nil }
        _ = try build(
            spec,
            prices: LabelPrices(labels: [], availableAt: [], open: [], high: [], low: [], close: [], sessionCloses: []),
            inputs: LabelInputs(volatility: empty(.volatility), side: empty(.side), benchmark: empty(.benchmark)))
    }

    /// A label that compares several series at one time. All columns have the same rows: a series without a bar at a time has
    /// NaN there. A row is known when it is known of every column, so that nothing changes afterwards.
    /// - Returns: as many columns, in the same order.
    /// - Throws: `LabelError`.
    public static func buildCrossSection(
        _ name: String, _ parameters: [String: JSONValue] = [:], of columns: [LabelColumn]
    ) throws -> [LabelColumn] {
        let definition = try definition(name)
        guard case .crossSection(let compute) = definition.computation else {
            throw LabelError.badName(name: name, reason: "it is a label of one series: use build")
        }
        guard let first = columns.first else { return [] }
        let checked = try LabelParameters(definition, parameters)
        for column in columns where column.rows != first.rows || column.decisionTimes != first.decisionTimes {
            throw LabelError.badInput(label: name, input: column.name, reason: "has other rows than \(first.name)")
        }
        var drafts = columns.map { _ in LabelDraft(rows: first.count) }
        for row in 0..<first.count {
            let ends = columns.compactMap { $0.endRows[row] }
            guard ends.count == columns.count, let end = ends.max() else { continue }
            let results = compute(checked, columns.map { $0.values[row] })
            for index in drafts.indices { drafts[index].set(row, results[index], knownAt: end) }
        }
        return zip(columns, drafts).map { column, draft in
            finish(draft, definition, checked, first.rows, first.decisionTimes, name: "\(column.name)_\(name)")
        }
    }

    private static func definition(_ name: String) throws -> LabelDefinition {
        guard let definition = LabelCatalogue.named(name) else {
            throw LabelError.unknownLabel(name: name, suggestion: Suggestion.closest(to: name, among: LabelCatalogue.names))
        }
        return definition
    }

    private static func checkInputs(_ definition: LabelDefinition, _ request: LabelRequest) throws {
        let given: [(LabelInput, [Double]?)] = [
            (.volatility, request.inputs.volatility), (.side, request.inputs.side), (.benchmark, request.inputs.benchmark),
        ]
        for case (let input, .some(let values)) in given {
            guard definition.inputs.contains(input) else { throw request.unread(input) }
            guard values.count == request.count else {
                throw LabelError.badInput(
                    label: request.parameters.label, input: input.rawValue,
                    reason: "has \(values.count) rows, the prices have \(request.count)")
            }
            if let row = values.firstIndex(where: { $0.isInfinite }) {
                throw LabelError.badInput(
                    label: request.parameters.label, input: input.rawValue,
                    reason: "is infinite at \(request.prices.labels[row])")
            }
        }
    }

    private static func finish(
        _ draft: LabelDraft, _ definition: LabelDefinition, _ parameters: LabelParameters, _ rows: [UnixNanos],
        _ availableAt: [UnixNanos], name: String? = nil
    ) -> LabelColumn {
        let sides = zip(definition.sides, draft.numbers).map { side, numbers in
            // An instant is kept as the index of its bar while the label is computed.
            LabelSideColumn(
                name: side.name,
                values: side.isInstant ? .instants(numbers.map { $0.isNaN ? nil : availableAt[Int($0)] }) : .numbers(numbers))
        }
        return LabelColumn(
            name: name ?? parameters.label, definition: definition.name, parameters: parameters.values, units: definition.units,
            rows: rows, decisionTimes: availableAt, values: draft.values,
            endTimes: draft.endRows.map { $0 < 0 ? nil : availableAt[$0] }, endRows: draft.endRows.map { $0 < 0 ? nil : $0 },
            sides: sides)
    }
}
