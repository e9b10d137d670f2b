extension Command {
    /// What is wrong with the declarations themselves: a test expects nothing.
    func problems(path: [String] = []) -> [String] {
        let path = path + [name]
        let place = path.joined(separator: " ")
        var found: [String] = []
        if !name.allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "-" }) {
            found.append("\(place): the name is not lower case")
        }
        if !summary.hasSuffix(".") { found.append("\(place): the summary is not a sentence") }
        if run != nil, examples.isEmpty { found.append("\(place): no example") }
        found += Self.repeated(allOptions.map(\.name)).map { "\(place): option --\($0) twice" }
        found += Self.repeated(allOptions.compactMap { $0.short.map(String.init) }).map { "\(place): option -\($0) twice" }
        found += Self.repeated(subcommands.map(\.name)).map { "\(place): command \($0) twice" }
        found += arguments.dropLast().filter(\.repeats).map { "\(place): argument \($0.name) repeats but is not the last" }
        for (first, second) in zip(arguments, arguments.dropFirst()) where first.isOptional && !second.isOptional {
            found.append("\(place): required argument \(second.name) after an optional one")
        }
        for option in allOptions {
            if option.placeholder == nil, option.standard != nil || option.isRequired || option.repeats {
                found.append("\(place): flag --\(option.name) with a value's properties")
            }
            if let standard = option.standard, !option.choices.isEmpty, !option.choices.contains(standard) {
                found.append("\(place): default of --\(option.name) is none of its choices")
            }
        }
        if let standard, subcommand(named: standard) == nil { found.append("\(place): no command \(standard)") }
        for example in examples where !example.line.contains(place) {
            found.append("\(place): example does not show it: \(example.line)")
        }
        return found + subcommands.flatMap { $0.problems(path: path) }
    }

    private static func repeated(_ words: [String]) -> [String] {
        words.indices.filter { words[..<$0].contains(words[$0]) }.map { words[$0] }
    }

    /// Every command with the words that lead to it, this one first.
    func flattened(path: [String] = []) -> [(path: [String], command: Command)] {
        let path = path + [name]
        return [(path, self)] + subcommands.flatMap { $0.flattened(path: path) }
    }
}
