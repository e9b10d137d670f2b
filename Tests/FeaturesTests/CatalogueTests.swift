import Contracts
import Primitives
import Testing

@testable import Features

// What holds for every transform.

/// Cut anywhere, saved, restored into a new kernel and continued: the same bits as in one go. So appending equals recomputing,
/// and a state that forgets a value is found.
@Test(arguments: TransformCatalogue.names)
func continuingASavedKernelEqualsOneRun(_ name: String) throws {
    let item = try #require(TransformCase.wholeCatalogue.first { $0.name == name })
    for sample in [TransformSample.market(), .holes()] {
        let inputs = try item.inputs(sample)
        var whole = try item.kernel()
        let expected = whole.apply(inputs).map(\.bitPattern)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<12 {
            let cut = Int(random.nextUnit() * Double(expected.count))
            var first = try item.kernel()
            let head = first.apply(inputs.map { Array($0[..<cut]) })
            var second = try item.kernel()
            #expect(restore(StateArchive.saving(first), into: &second))
            let tail = second.apply(inputs.map { Array($0[cut...]) })
            #expect((head + tail).map(\.bitPattern) == expected, "\(name), cut at \(cut) of \(sample.name)")
        }
    }
}

private func restore(_ words: [UInt64], into kernel: inout any Kernel) -> Bool {
    func body<K: Kernel>(_ opened: K) -> (Bool, any Kernel) {
        var copy = opened
        return (StateArchive.restore(words, into: &copy), copy)
    }
    let (ok, restored) = body(kernel)
    kernel = restored
    return ok
}

/// Whose warm-up volume or the clock decides.
private let ofTheData: Set = ["vpin", "bulk_vpin", "opening_range_high", "opening_range_low", "opening_range_position"]

/// The first value stands where the documentation says.
@Test(arguments: TransformCatalogue.names)
func warmUpIsAsDeclared(_ name: String) throws {
    let item = try #require(TransformCase.wholeCatalogue.first { $0.name == name })
    let definition = try #require(item.definition)
    let inputs = try item.inputs(.market())
    var kernel = try item.kernel()
    let values = kernel.apply(inputs)
    let parameters = try TransformParameters(definition, item.parameters, columns: inputs.count)
    let rowsPerSession = 60
    guard let warmUp = definition.warmUp(parameters) else {
        #expect(ofTheData.contains(name) && values.contains { !$0.isNaN })
        return
    }
    #expect(!ofTheData.contains(name))
    let first = definition.warmUpSessions(parameters) * rowsPerSession + warmUp
    #expect(values.firstIndex { !$0.isNaN } == first, "\(name)")
}

@Test func everyTransformIsDocumented() {
    #expect(Set(TransformCatalogue.names).count == TransformCatalogue.names.count)
    for item in TransformCatalogue.all {
        #expect(!item.formula.isEmpty && !item.source.isEmpty && !item.units.isEmpty, "\(item.name)")
        #expect(item.parameters.allSatisfy { !$0.comment.isEmpty }, "\(item.name)")
    }
}
