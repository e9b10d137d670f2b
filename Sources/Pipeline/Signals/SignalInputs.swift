import Contracts
import Primitives

/// The files of a backtest, as they were before any of them was opened.
struct SignalInputs {
    private let files: [(role: String, path: String, state: FileBytes.State)]

    /// - Parameter folder: what the result replaces.
    /// - Throws: `ApusError` `file.read`, `input.overwrite`.
    init(_ request: SignalRequest, notIn folder: String) throws {
        let section = request.located
        let named = [
            ("prices", request.prices), ("signals", request.signals), ("orders", request.orders),
            ("weights", request.weights), ("funding", section.funding?.file), ("actions", section.actions?.file),
            ("conversion", section.conversion?.file),
        ]
        files = try (named + section.eventFiles.map { ($0.key, Optional($0.file)) }).compactMap { role, path in
            try path.map { (role, $0, try FileBytes.State($0)) }
        }
        try FileBytes.protect(files.map(\.path), from: folder)
    }

    /// To be asked for when everything has been read: the digests are those of what was read.
    ///
    /// Names the files by their last component: where they lie is the machine's affair, what is in them is the result's.
    /// - Throws: `ApusError` `file.read`, `data.changed` where a file is not the one that was opened.
    func manifest(_ configuration: EngineConfiguration) throws -> JSONValue {
        let inputs: [JSONValue] = try files.map { role, path, state in
            let digest = try Digest.ofFile(path)
            // A file that is the same now was the same all the time between.
            guard try FileBytes.State(path) == state else {
                throw ApusError("data.changed", "the file was changed while it was read", context: ["file": path])
            }
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return ["role": .string(role), "file": .string(name), "sha256": .string(digest.hex)]
        }
        return [
            "artifact_type": "apus-backtest-result", "schema_version": "1.0.0", "inputs": .array(inputs),
            "configuration": ["sha256": .string(try Digest.of(configuration.json).hex)],
            "code": ["name": "apus", "version": .string(ProgramVersion.current)],
        ]
    }
}
