/// What a label is computed from.
struct LabelRequest {
    let parameters: LabelParameters
    let prices: LabelPrices
    let inputs: LabelInputs

    var count: Int { prices.count }

    func volatility() throws -> [Double] {
        guard let values = inputs.volatility else { throw missing(.volatility) }
        return values
    }

    func side() throws -> [Double] {
        guard let values = inputs.side else { throw missing(.side) }
        return values
    }

    func benchmark() throws -> [Double] {
        guard let values = inputs.benchmark else { throw missing(.benchmark) }
        return values
    }

    func open() throws -> [Double] {
        guard let values = prices.open else { throw missing(.open) }
        return values
    }

    func missing(_ input: LabelInput) -> LabelError { .missingInput(label: parameters.label, input: input.rawValue) }
    func unread(_ input: LabelInput) -> LabelError { .unreadInput(label: parameters.label, input: input.rawValue) }
}
