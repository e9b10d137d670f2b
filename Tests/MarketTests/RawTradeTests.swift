import Market
import Primitives
import Testing

struct RawTradeTests {
    @Test func layoutIsDBNs() {
        #expect(MemoryLayout<RawTrade>.size == 48)
        #expect(MemoryLayout<RawTrade>.stride == 48)
        let offsets = [
            MemoryLayout<RawTrade>.offset(of: \.length), MemoryLayout<RawTrade>.offset(of: \.rtype),
            MemoryLayout<RawTrade>.offset(of: \.publisherID), MemoryLayout<RawTrade>.offset(of: \.instrumentID),
            MemoryLayout<RawTrade>.offset(of: \.tsEvent), MemoryLayout<RawTrade>.offset(of: \.price),
            MemoryLayout<RawTrade>.offset(of: \.size), MemoryLayout<RawTrade>.offset(of: \.action),
            MemoryLayout<RawTrade>.offset(of: \.side), MemoryLayout<RawTrade>.offset(of: \.flags),
            MemoryLayout<RawTrade>.offset(of: \.depth), MemoryLayout<RawTrade>.offset(of: \.tsRecv),
            MemoryLayout<RawTrade>.offset(of: \.tsInDelta), MemoryLayout<RawTrade>.offset(of: \.sequence),
        ]
        #expect(offsets == [0, 1, 2, 4, 8, 16, 24, 28, 29, 30, 31, 32, 40, 44])
    }

    @Test func sidesHaveTheVenuesSigns() {
        func delta(_ side: Character) -> Int64 {
            RawTrade(instrumentID: 1, tsEvent: 0, price: 1, size: 1, side: side.asciiValue ?? 0).aggressor.deltaSign
        }
        #expect(delta("B") == 1)
        #expect(delta("A") == -1)
        #expect(delta("N") == 0)
        #expect(delta("?") == 0)
    }
}
