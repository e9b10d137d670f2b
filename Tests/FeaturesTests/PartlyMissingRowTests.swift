import Primitives
import Testing

@testable import Features

private let technical =
    TransformCatalogue.trend + TransformCatalogue.momentum + TransformCatalogue.bands + TransformCatalogue.volume

/// A row that misses one of the columns has no result, whichever it is and whether prices move or stand still; when it has left
/// every window, results are there again.
@Test(arguments: technical.map(\.name))
func aRowThatMissesOneInputHasNoResult(_ name: String) throws {
    let item = try #require(TransformCase.wholeCatalogue.first { $0.name == name })
    for sample in [TransformSample.market(), .constant()] {
        let inputs = try item.inputs(sample)
        for column in inputs.indices {
            var holed = inputs
            holed[column][120] = .nan
            var kernel = try item.kernel()
            let values = kernel.apply(holed)
            #expect(values[120].isNaN, "\(name), column \(column) of \(sample.name)")
            #expect(values[119].isNaN == values[299].isNaN && !values[299].isNaN, "\(name), column \(column) of \(sample.name)")
        }
    }
}
