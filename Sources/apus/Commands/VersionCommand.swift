import Primitives

/// The version of the program; it goes into the manifest of every run.
enum ProgramVersion {
    static let current = "0.1.0"
}

extension Command {
    static let version = Command(
        name: "version", summary: "Print the version of the program.",
        examples: [Example("apus version --json", "for other programs")],
        run: { context in
            try context.emit(json: ["name": "apus", "version": .string(ProgramVersion.current)]) {
                try context.print("apus " + ProgramVersion.current)
            }
        })
}
