import Primitives

/// One command of the program, or a group of commands: what it is called, what it takes, how it is explained, what it does.
///
/// To add a command, write `Commands/<Name>Command.swift` with one `extension Command { static let <name> = Command(...) }`
/// and add it to the list in `CommandTree.swift`. Help, `--json`, errors, completion and tests of the tree follow from the value:
///
///     extension Command {
///         static let lakeStatus = Command(
///             name: "status", summary: "Show what the lake holds.",
///             examples: [.init("apus lake status --workspace demo-workspace", "every dataset with its coverage")],
///             options: [.value("workspace", "DIR", "workspace folder", default: ".")],
///             run: { context in
///                 let folder = context.arguments.string("workspace")
///                 try context.emit(json: ["workspace": .string(folder)]) { try context.print(folder) }
///             })
///     }
struct Command: Sendable {
    typealias Body = @Sendable (CommandContext) throws -> Void

    /// One word, lower case.
    let name: String
    /// One sentence for the list of commands.
    let summary: String
    /// Further paragraphs for the command's own help.
    let discussion: String
    let examples: [Example]
    let options: [Option]
    let arguments: [Argument]
    let subcommands: [Command]
    /// The subcommand that a group stands for where none is named.
    let standard: String?
    /// What the command does; nil for a group.
    let run: Body?

    init(
        name: String, summary: String, discussion: String = "", examples: [Example] = [], options: [Option] = [],
        arguments: [Argument] = [], run: @escaping Body
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        self.options = options
        self.arguments = arguments
        subcommands = []
        standard = nil
        self.run = run
    }

    /// A group: a name in front of other commands.
    init(
        name: String, summary: String, discussion: String = "", examples: [Example] = [], subcommands: [Command],
        standard: String? = nil
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        options = []
        arguments = []
        self.subcommands = subcommands
        self.standard = standard
        run = nil
    }

    func subcommand(named name: String) -> Command? { subcommands.first { $0.name == name } }

    /// The options of this command followed by those every command has.
    var allOptions: [Option] { options + Option.common }
}

extension Command {
    /// A command line that works, and what it is for.
    struct Example: Sendable {
        let line: String
        let meaning: String

        init(_ line: String, _ meaning: String) {
            self.line = line
            self.meaning = meaning
        }
    }

    /// A positional argument.
    struct Argument: Sendable {
        let name: String
        let help: String
        let isOptional: Bool
        /// Takes all words that are left; only the last argument can.
        let repeats: Bool

        init(_ name: String, _ help: String, optional: Bool = false, repeats: Bool = false) {
            self.name = name
            self.help = help
            isOptional = optional
            self.repeats = repeats
        }
    }

    /// A named option: `--name`, `--name VALUE` or `--name=VALUE`.
    struct Option: Sendable {
        let name: String
        let short: Character?
        /// What stands for the value in help texts; nil for a flag.
        let placeholder: String?
        let help: String
        let standard: String?
        /// The only values allowed, where there is such a list.
        let choices: [String]
        let repeats: Bool
        let isRequired: Bool

        /// An option that is there or not.
        static func flag(_ name: String, short: Character? = nil, _ help: String) -> Option {
            Option(
                name: name, short: short, placeholder: nil, help: help, standard: nil, choices: [], repeats: false,
                isRequired: false)
        }

        /// An option with a value. `default` is what `ParsedArguments` returns where the option is absent.
        static func value(
            _ name: String, short: Character? = nil, _ placeholder: String, _ help: String, default standard: String? = nil,
            choices: [String] = [], repeats: Bool = false, required: Bool = false
        ) -> Option {
            Option(
                name: name, short: short, placeholder: placeholder, help: help, standard: standard, choices: choices,
                repeats: repeats, isRequired: required)
        }

        /// What every command understands.
        static let common: [Option] = [
            .flag("json", "write the result to standard output as one JSON document"),
            .flag("quiet", short: "q", "no progress bar and no notes, only results and errors"),
            .flag("verbose", short: "v", "log what is being done"),
            .flag("help", short: "h", "show this help"),
        ]
    }
}
