import Contracts
import Primitives

// RUNBOOK.
extension ConfigurationCheck {
    mutating func checkRunbook() {
        for row in workbook.rows("RUNBOOK") {
            guard let text = row.text("CommandOrAction"), let problem = runbookProblem(text) else { continue }
            report("RUNBOOK", row, "CommandOrAction", problem.message, suggestion: problem.suggestion)
        }
    }

    private func runbookProblem(_ text: String) -> (message: String, suggestion: String?)? {
        let words = text.split(separator: " ").map(String.init)
        guard words.first == "apus", words.count > 1 else {
            return ("an apus command is expected, such as `apus ingest`", nil)
        }
        let given = Array(words.dropFirst())
        if let command = RunbookCommand.all.first(where: { given.starts(with: $0.words) }) {
            return problem(of: Array(given.dropFirst(command.words.count)), command)
        }
        let known = RunbookCommand.all.map { $0.words.joined(separator: " ") }
        let firsts = RunbookCommand.all.map { $0.words[0] }
        let name = given.prefix(firsts.contains(given[0]) ? 2 : 1).joined(separator: " ")
        let near = Suggestion.closest(to: name, among: known) ?? Suggestion.closest(to: given[0], among: firsts)
        return (
            "apus has no command \"\(name.prefix(60))\" that a runbook may hold; it may hold \(known.joined(separator: ", "))",
            near.map { "did you mean \"\($0)\"?" }
        )
    }

    private func problem(of words: [String], _ command: RunbookCommand) -> (message: String, suggestion: String?)? {
        let name = command.words.joined(separator: " ")
        var arguments: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            guard word.hasPrefix("-") else {
                arguments.append(word)
                continue
            }
            let option = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
            if command.flags.contains(word) { continue }
            guard command.valueOptions.contains(option) else {
                return (
                    "the command \(name) has no option \"\(option.prefix(60))\"",
                    Suggestion.text(option, among: command.flags + command.valueOptions)
                )
            }
            if option != word { continue }
            guard index < words.count else { return ("the option \(option) needs a value", nil) }
            index += 1
        }
        return problem(ofArguments: arguments, command)
    }

    private func problem(ofArguments arguments: [String], _ command: RunbookCommand) -> (message: String, suggestion: String?)? {
        let name = command.words.joined(separator: " ")
        switch command.arguments {
        case .none: return arguments.first.map { ("the command \(name) takes no \"\($0.prefix(60))\"", nil) }
        case .path: return arguments.count < 2 ? nil : ("the command \(name) takes one file or folder", nil)
        case .ids(let names):
            let sheets = names.compactMap { workbook[$0] }
            guard sheets.count == names.count, sheets.allSatisfy(\.hasIDs) else { return nil }
            let place = names.joined(separator: " or ")
            for id in arguments {
                guard let row = sheets.lazy.compactMap({ $0.row(id: id) }).first else {
                    return ("there is no id \"\(id.prefix(60))\" in \(place)", Suggestion.text(id, among: sheets.flatMap(\.ids)))
                }
                guard row.isEnabled else { return ("\"\(id)\" is not enabled in \(place)", nil) }
            }
            return nil
        }
    }
}
