import Contracts

extension ConfigurationCheck {
    /// Engineered features that are made of each other: nobody can compute the first of them. Each circle is told once, at the
    /// first of its rows; a feature that names itself is told with its row.
    mutating func checkCircles() {
        let sheet = "ENGINEERED_FEATURES"
        guard let typed = workbook[sheet], typed.hasIDs else { return }
        var inputs: [String: [String]] = [:]
        for row in typed.rows where isSound(sheet, row, "input_feature_ids") {
            if let id = row.id { inputs[id] = row.texts("input_feature_ids") }
        }
        var walk = CircleWalk(inputs: inputs)
        for id in typed.ids { walk.visit(id) }
        for circle in walk.circles {
            guard let first = typed.ids.first(where: circle.contains), let place = circle.firstIndex(of: first),
                let row = typed.row(id: first)
            else { continue }
            let names = circle[place...] + circle[..<place] + [first]
            report(
                sheet, row, "input_feature_ids",
                "features are made of each other in a circle: \(names.joined(separator: " of "))",
                suggestion: "take one of them out of another's inputs")
        }
    }
}

/// A walk from features to their inputs, depth first.
private struct CircleWalk {
    let inputs: [String: [String]]
    private(set) var circles: [[String]] = []
    private var path: [String] = []
    private var done: Set<String> = []

    init(inputs: [String: [String]]) { self.inputs = inputs }

    mutating func visit(_ id: String) {
        guard !done.contains(id), let next = inputs[id] else { return }
        path.append(id)
        for input in next where input != id {
            if let start = path.firstIndex(of: input) { circles.append(Array(path[start...])) } else { visit(input) }
        }
        path.removeLast()
        done.insert(id)
    }
}
