extension TransformCatalogue {
    static let profileTransforms: [TransformDefinition] = [
        TransformDefinition(
            "value_area_position", .microstructure,
            inputs: [.column("close"), .column("value_area_low"), .column("value_area_high")],
            "(close - value_area_low) / (value_area_high - value_area_low): 0 at the low, 1 at the high; NaN where the area has "
                + "no width",
            source: "Steidlmayer 1986, market profile", units: "fraction, beyond 0..1 outside the area", warmUp: { _ in 0 },
            kernel: { _ in AreaPosition() }),
        TransformDefinition(
            "point_of_control_distance", .microstructure, inputs: [.column("close"), .column("point_of_control")],
            "close / point_of_control - 1", source: "Steidlmayer 1986, market profile", units: "fraction", warmUp: { _ in 0 },
            kernel: { _ in PriceDistance() }),
    ]
}

private struct AreaPosition: TernaryKernel {
    @inline(__always) mutating func next(_ price: Double, _ low: Double, _ high: Double) -> Double {
        high == low ? .nan : (price - low) / (high - low)
    }

    mutating func archive(_ archive: inout StateArchive) {}
}

private struct PriceDistance: BinaryKernel {
    @inline(__always) mutating func next(_ price: Double, _ level: Double) -> Double { price / level - 1 }
    mutating func archive(_ archive: inout StateArchive) {}
}
