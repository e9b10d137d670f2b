import Primitives

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
