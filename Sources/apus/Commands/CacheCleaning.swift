import Pipeline
import Primitives

extension [Command.Option] {
    /// Of the commands that clean a cache.
    static var cacheCleaning: [Command.Option] {
        .workspace + [
            .value("keep", "N", "newest columns of a specification to keep, 1 to 1000", default: "1"),
            .flag("dry-run", "only tell"),
        ]
    }
}

extension CommandContext {
    /// Cleans a cache as the options say, and tells what went.
    func cleanCache(_ collect: (_ keep: Int, _ dryRun: Bool) throws -> [CacheGarbage]) throws {
        let dryRun = arguments.flag("dry-run")
        let garbage = try collect(try arguments.int("keep", in: 1...1000) ?? 1, dryRun)
        let json = garbage.map { item -> JSONValue in
            ["folder": .string(item.folder), "reason": .string(item.reason), "bytes": .int(item.bytes)]
        }
        try emit(json: ["removed": .array(json), "dry_run": .bool(dryRun)]) {
            for item in garbage { try print("\(item.folder)  \(item.bytes) bytes: \(item.reason)") }
            let bytes = garbage.reduce(0) { $0 + $1.bytes }
            try print("\(dryRun ? "would remove" : "removed") \(garbage.count) columns, \(bytes) bytes")
        }
    }
}
