import Primitives

/// What the user gave one command, checked against its declaration.
///
/// Asking for an option or argument that the command does not declare is a programming error and stops the program.
struct ParsedArguments: Sendable {
    /// From `apus` to the command.
    let path: [String]
    let command: Command
    private let optionValues: [String: [String]]
    private let positional: [String]

    init(path: [String], command: Command, optionValues: [String: [String]], positional: [String]) {
        self.path = path
        self.command = command
        self.optionValues = optionValues
        self.positional = positional
    }

    // MARK: Options

    func flag(_ name: String) -> Bool {
        _ = option(name)
        return optionValues[name] != nil
    }

    /// Whether the user gave the option, as opposed to its default.
    func isGiven(_ name: String) -> Bool {
        _ = option(name)
        return optionValues[name] != nil
    }

    /// The value or its default. For options that have a default or are required; see `optionalString` for others.
    func string(_ name: String) -> String {
        guard let value = optionalString(name) else {
            preconditionFailure("option \(name) is neither required nor has a default")
        }
        return value
    }

    func optionalString(_ name: String) -> String? {
        let declared = option(name)
        return optionValues[name]?.last ?? declared.standard
    }

    /// All values of an option that may be repeated, in the order given.
    func strings(_ name: String) -> [String] {
        let declared = option(name)
        return optionValues[name] ?? declared.standard.map { [$0] } ?? []
    }

    /// The value turned into something else; nil where the option is absent and has no default.
    /// - Throws: `UsageError` where `parse` returns nil; `expected` completes the sentence "expected ...".
    func value<T>(_ name: String, expected: String, _ parse: (String) -> T?) throws -> T? {
        guard let text = optionalString(name) else { return nil }
        guard let value = parse(text) else { throw invalid("--" + name, text, expected) }
        return value
    }

    func int(_ name: String, in range: ClosedRange<Int> = Int.min...Int.max) throws -> Int? {
        try value(name, expected: Self.describe(range)) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    func double(_ name: String) throws -> Double? {
        try value(name, expected: "a number") { text in Double(text).flatMap { $0.isFinite ? $0 : nil } }
    }

    /// A time, or a date for its first or last nanosecond in UTC.
    func time(_ name: String, dateMeans edge: DateEdge) throws -> UnixNanos? {
        try value(name, expected: "2016-02-11T21:00:00Z or 2016-02-11") { text in
            UnixNanos(iso8601: text)
                ?? CivilDate(text).map { edge == .beginning ? UnixNanos($0) : UnixNanos($0 + 1) + -1 }
        }
    }

    enum DateEdge { case beginning, end }

    func date(_ name: String) throws -> CivilDate? { try value(name, expected: "a date YYYY-MM-DD") { CivilDate($0) } }

    // MARK: Positional arguments

    /// A required argument.
    func argument(_ name: String) -> String {
        guard let value = optionalArgument(name) else { preconditionFailure("argument \(name) is optional") }
        return value
    }

    func optionalArgument(_ name: String) -> String? {
        let index = position(name)
        return index < positional.count ? positional[index] : nil
    }

    /// The words of a repeating argument.
    func arguments(_ name: String) -> [String] { Array(positional.dropFirst(position(name))) }

    /// For a command's own checks.
    func invalid(_ name: String, _ value: String, _ expected: String) -> UsageError {
        UsageError(kind: .invalidValue(name: name, value: value, expected: expected), path: path)
    }

    // MARK: Private

    private func option(_ name: String) -> Command.Option {
        guard let found = command.allOptions.first(where: { $0.name == name }) else {
            preconditionFailure("\(path.joined(separator: " ")) declares no option \(name)")
        }
        return found
    }

    private func position(_ name: String) -> Int {
        guard let index = command.arguments.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(path.joined(separator: " ")) declares no argument \(name)")
        }
        return index
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): "a whole number"
        case (let low, .max): "a whole number of at least \(low)"
        case (.min, let high): "a whole number of at most \(high)"
        case (let low, let high): "a whole number from \(low) to \(high)"
        }
    }
}
