/// Largest or smallest of the last `window` values and how long ago it was, by blocks as in `RollingSum`. Among equal ones the
/// last counts.
struct RollingExtreme: UnaryKernel {
    let window: Int
    /// 1 for the largest, -1 for the smallest.
    private let sign: Double
    /// Signed values; behind `filled` the extremes of the tails of the block before, with their places in it.
    private var values: [Double]
    private var places: [Int]
    private var filled = 0
    private var head = -Double.infinity
    private var headPlace = 0
    private var hasTail = false
    /// Rows since the extreme; -1 before the window is full or where it holds a NaN.
    private(set) var age = -1

    /// - Precondition: `window` > 0.
    private init(window: Int, sign: Double) {
        self.window = window
        self.sign = sign
        values = [Double](repeating: .nan, count: window)
        places = [Int](repeating: 0, count: window)
    }

    static func largest(window: Int) -> RollingExtreme { RollingExtreme(window: window, sign: 1) }
    static func smallest(window: Int) -> RollingExtreme { RollingExtreme(window: window, sign: -1) }

    @inline(__always) mutating func next(_ x: Double) -> Double {
        let value = x * sign
        values[filled] = value
        // A NaN stays the head until the block ends.
        if value >= head || value.isNaN {
            head = value
            headPlace = filled
        }
        filled += 1
        if filled == window { return endBlock() }
        guard hasTail else { return .nan }
        let tail = values[filled]
        if head >= tail || head.isNaN {
            age = head.isNaN ? -1 : filled - 1 - headPlace
            return head * sign
        }
        age = tail.isNaN ? -1 : filled - 1 + window - places[filled]
        return tail * sign
    }

    @inline(never) private mutating func endBlock() -> Double {
        let result = head * sign
        age = head.isNaN ? -1 : window - 1 - headPlace
        var best = -Double.infinity
        var place = window - 1
        for index in stride(from: window - 1, through: 0, by: -1) {
            let value = values[index]
            if value > best || value.isNaN || (index == window - 1) {
                best = value
                place = index
            }
            values[index] = best
            places[index] = place
        }
        hasTail = true
        filled = 0
        head = -.infinity
        headPlace = 0
        return result
    }

    mutating func archive(_ archive: inout StateArchive) {
        archive.fixed(&values)
        archive.fixed(&places)
        archive.value(&filled)
        archive.value(&head)
        archive.value(&headPlace)
        archive.value(&hasTail)
        archive.value(&age)
    }
}
