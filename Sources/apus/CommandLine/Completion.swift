/// Completion scripts for shells, made from the command tree.
///
/// All three walk the words already typed to the deepest command they name, and offer what that command takes.
enum Completion {
    enum Shell: String, CaseIterable { case bash, zsh, fish }

    static func script(for shell: Shell, root: Command) -> String {
        let nodes = root.flattened()
        return switch shell {
        case .bash: bash(nodes)
        case .zsh: zsh(nodes)
        case .fish: fish(nodes, program: root.name)
        }
    }

    private typealias Node = (path: [String], command: Command)

    private static func key(_ node: Node) -> String { node.path.joined(separator: " ") }

    private static func words(of command: Command) -> [String] {
        command.subcommands.map(\.name) + command.allOptions.map { "--" + $0.name }
    }

    /// For single quotes in every one of the three shells' simplest form: the character is dropped.
    private static func quoted(_ text: String) -> String { "'" + text.filter { $0 != "'" } + "'" }

    // MARK: bash

    private static func bash(_ nodes: [Node]) -> String {
        var lines = ["# bash completion for apus; load with: source <(apus completion bash)"]
        lines += [
            "_apus() {", "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=apus i",
            "    COMPREPLY=()",
        ]
        lines += walk(nodes, loop: "for ((i = 1; i < COMP_CWORD; i++)); do", word: "${COMP_WORDS[i]}")
        lines += ["    case \"$path $prev\" in"]
        for node in nodes {
            for option in node.command.allOptions where option.placeholder != nil {
                let action =
                    option.choices.isEmpty
                    ? "COMPREPLY=($(compgen -f -- \"$cur\"))"
                    : "COMPREPLY=($(compgen -W \(quoted(option.choices.joined(separator: " "))) -- \"$cur\"))"
                lines.append("        '\(key(node)) --\(option.name)') \(action); return ;;")
            }
        }
        lines += ["    esac", "    case $path in"]
        for node in nodes {
            let files = node.command.arguments.isEmpty ? "" : " COMPREPLY+=($(compgen -f -- \"$cur\"));"
            let list = quoted(words(of: node.command).joined(separator: " "))
            lines.append("        '\(key(node))') COMPREPLY=($(compgen -W \(list) -- \"$cur\"));\(files) ;;")
        }
        lines += ["    esac", "}", "complete -o filenames -F _apus apus"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Follows the words typed so far down the tree.
    private static func walk(_ nodes: [Node], loop: String, word: String) -> [String] {
        let deeper = nodes.dropFirst().map { "'\(key($0))'" }.joined(separator: "|")
        return [
            "    \(loop)", "        case \"$path \(word)\" in", "            \(deeper)) path=\"$path \(word)\" ;;",
            "        esac", "    done",
        ]
    }

    // MARK: zsh

    private static func zsh(_ nodes: [Node]) -> String {
        var lines = ["#compdef apus", "# zsh completion for apus; save as _apus in a folder of $fpath"]
        lines += ["_apus() {", "    local path_=apus i", "    local -a items"]
        lines += walk(nodes, loop: "for ((i = 2; i < CURRENT; i++)); do", word: "${words[i]}")
            .map { $0.replacing("$path ", with: "$path_ ").replacing("path=", with: "path_=") }
        lines += ["    case \"$path_ ${words[CURRENT-1]}\" in"]
        for node in nodes {
            for option in node.command.allOptions where option.placeholder != nil {
                let action = option.choices.isEmpty ? "_files" : "compadd -- \(option.choices.joined(separator: " "))"
                lines.append("        '\(key(node)) --\(option.name)') \(action); return ;;")
            }
        }
        lines += ["    esac", "    case $path_ in"]
        for node in nodes {
            let entries =
                node.command.subcommands.map { quoted($0.name + ":" + $0.summary) }
                + node.command.allOptions.map { quoted("--" + $0.name + ":" + $0.help) }
            let files = node.command.arguments.isEmpty ? "" : " _files;"
            lines.append("        '\(key(node))') items=(\(entries.joined(separator: " "))); _describe apus items;\(files) ;;")
        }
        lines += ["    esac", "}", "_apus \"$@\""]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: fish

    private static func fish(_ nodes: [Node], program: String) -> String {
        var lines = ["# fish completion for apus; save as ~/.config/fish/completions/apus.fish"]
        let deeper = nodes.dropFirst().map { "'\(key($0))'" }.joined(separator: " ")
        lines += ["function __apus_path", "    set -l path \(program)", "    for word in (commandline -opc)[2..-1]"]
        lines += [
            "        if contains -- \"$path $word\" \(deeper)", "            set path \"$path $word\"", "        end", "    end",
        ]
        lines += ["    echo $path", "end", "complete -c \(program) -f"]
        for node in nodes {
            let condition = "complete -c \(program) -n \"test (__apus_path) = '\(key(node))'\""
            for command in node.command.subcommands {
                lines.append("\(condition) -a \(command.name) -d \(quoted(command.summary))")
            }
            for option in node.command.allOptions {
                var line = "\(condition) -l \(option.name)" + (option.short.map { " -s \($0)" } ?? "")
                if option.placeholder != nil {
                    line += option.choices.isEmpty ? " -r -F" : " -x -a \(quoted(option.choices.joined(separator: " ")))"
                }
                lines.append(line + " -d \(quoted(option.help))")
            }
            if !node.command.arguments.isEmpty { lines.append("\(condition) -F") }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
