import Glibc
import Primitives
import TestKit
import Testing

private func apus(_ root: String, _ words: String...) throws -> ChildProcess.Result {
    try BuiltProgram.run(words + ["--workspace", root])
}

private func start(_ root: String, _ words: String...) throws -> ChildProcess {
    try ChildProcess([BuiltProgram.path] + words + ["--workspace", root])
}

private func copy(_ template: String, to root: String) throws { _ = try ChildProcess.run(["cp", "-a", template, root]) }

/// The feature cache beside other processes, killed writers and damaged files.
@Suite("The feature cache", .enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"))
struct FeatureCacheTests {
    /// Files that grow: columns are continued, and have the bytes of a workspace that saw everything at once.
    @Test func grownFilesContinueColumnsToTheSameBytes() throws {
        let folder = try TemporaryFolder()
        let grown = folder.file("grown"), fresh = folder.file("fresh")
        try FeatureCacheFixture.make(fresh)
        try copy(fresh, to: grown)
        try Folder.remove(grown + "/data")
        // The last rows of the daily files come later.
        var whole: [String: [String]] = [:]
        for name in WorkspaceFixture.series where name != "default" {
            let file = "\(grown)/inbox/\(name).csv"
            let lines = try FileBytes.readText(file).split(whereSeparator: \.isNewline).map(String.init)
            whole[file] = lines
            try write(lines.dropLast(37), to: file)
        }
        for stage in ["ingest", "derive"] { #expect(try apus(grown, stage).exitCode == 0) }
        let before = try apus(grown, "features", "build", "--json")
        #expect(before.exitCode == 0, "\(before.error)")
        #expect(try Set(FeatureCacheFixture.members("action", of: before.output).values) == ["built"])

        for (file, lines) in whole { try write(lines, to: file) }
        #expect(try apus(grown, "ingest").exitCode == 0)
        let after = try apus(grown, "features", "build", "--json"), expected = try apus(fresh, "features", "build", "--json")
        #expect(after.exitCode == 0 && expected.exitCode == 0, "\(after.error) \(expected.error)")
        let actions = try FeatureCacheFixture.members("action", of: after.output)
        let vix = try #require(whole["\(grown)/inbox/vix.csv"])
        let published = Self.published(vix.suffix(37))
        for (id, rows) in [
            ("vix_level", published), ("vix_score", published), ("spx_ema", 37), ("spx_atr", 37), ("spx_vix", 37),
            ("spx_wti", 37),
            ("stress", 37),
        ] {
            #expect(actions[id] == "extended by \(rows) rows", "\(id): \(actions[id] ?? "-")")
        }
        #expect(actions["es_fast"] == "up to date" && actions["credit_z"] == "up to date")
        let digests = try FeatureCacheFixture.members("sha256", of: after.output)
        #expect(digests.count == actions.count && !digests.values.contains(""))
        #expect(try digests == FeatureCacheFixture.members("sha256", of: expected.output))
        try revise([grown, fresh], vix)
    }

    /// How many lines of a daily file have a value; a holiday has none.
    private static func published(_ lines: some Collection<String>) -> Int { lines.count { $0.last?.isNumber == true } }

    /// A changed history is computed anew, and the audit tells what the change did.
    private func revise(_ roots: [String], _ lines: [String]) throws {
        var changed = lines
        changed[500] = changed[500].split(separator: ",")[0] + ",99.5"
        for root in roots {
            try write(changed, to: "\(root)/inbox/vix.csv")
            #expect(try apus(root, "ingest").exitCode == 0)
        }
        let outputs = try roots.map { try apus($0, "features", "build", "--json").output }
        let actions = try FeatureCacheFixture.members("action", of: outputs[0])
        for id in ["vix_level", "vix_score", "spx_vix", "stress"] { #expect(actions[id] == "built", "\(id)") }
        for id in ["spx_ema", "spx_wti"] { #expect(actions[id] == "up to date", "\(id)") }
        #expect(
            try FeatureCacheFixture.members("sha256", of: outputs[0]) == FeatureCacheFixture.members("sha256", of: outputs[1]))

        let audit = try apus(roots[0], "features", "audit", "--json")
        #expect(audit.exitCode == 0, "\(audit.error)")
        let items = try JSONParser.parse(audit.output).arrayValue ?? []
        func revised(_ id: String) -> JSONValue? { items.first { $0["feature_id"]?.stringValue == id }?["revised"] }
        let level = try #require(revised("vix_level"))
        // One of the values that the first vintage had.
        let values = try #require(level["values"]?.intValue)
        #expect(values == Int64(Self.published(lines.dropFirst().dropLast(37))))
        #expect(level["changed_share"]?.doubleValue == 1 / Double(values))
        // Its window and all that follows it in two finishing windows.
        #expect(try #require(revised("vix_score")?["changed_share"]?.doubleValue) > 30 / Double(values))
        #expect(revised("spx_ema") == .null && revised("es_fast") == .null)
    }

    private func write(_ lines: some Sequence<String>, to file: String) throws {
        try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: file)
    }

    /// Several builders, a run and the cleaner at once: all end well, and the cache is that of a single builder.
    @Test func processesBesideEachOtherLeaveAWholeCache() throws {
        let folder = try TemporaryFolder()
        let template = folder.file("template"), reference = folder.file("reference")
        try FeatureCacheFixture.make(template)
        try copy(template, to: reference)
        let single = try apus(reference, "features", "build")
        try #require(single.exitCode == 0, "\(single.error)")
        let expected = try FeatureCacheFixture.digests(reference)
        #expect(expected.count > 40)
        // Something that the cleaner takes.
        let stale = template + "/data/features_cache/" + String(repeating: "0", count: 64)
        let old = try #require(FeatureCacheFixture.folders(reference).first)
        try AtomicFile.createFolder(stale)
        for round in 0..<6 {
            let root = folder.file("round\(round)")
            try copy(template, to: root)
            try copy(old, to: root + "/data/features_cache/" + String(repeating: "0", count: 64))
            var works = try (0..<(2 + round % 3)).map { _ in try start(root, "features", "build") }
            if round % 2 == 1 { works.append(try start(root, "run")) }
            let cleaner = round % 3 == 2 ? try start(root, "features", "gc") : nil
            for work in works {
                let result = try work.wait()
                #expect(result.exitCode == 0, "round \(round): \(result.error)")
            }
            if let result = try cleaner?.wait() {
                #expect(result.exitCode == 0 || result.error.contains("using the feature cache"), "\(result.error)")
            }
            let final = try apus(root, "features", "gc")
            #expect(final.exitCode == 0, "\(final.error)")
            #expect(try FeatureCacheFixture.digests(root) == expected, "round \(round)")
            let again = try apus(root, "features", "build", "--json")
            #expect(try Set(FeatureCacheFixture.members("action", of: again.output).values) == ["up to date"], "round \(round)")
        }
    }

    /// kill -9 at 30 random moments of a build.
    @Test func aKilledBuildLeavesAValidCache() throws {
        let folder = try TemporaryFolder()
        let template = folder.file("template"), reference = folder.file("reference")
        try FeatureCacheFixture.make(template)
        try copy(template, to: reference)
        var begin = timespec(), end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &begin)
        try #require(try apus(reference, "features", "build").exitCode == 0)
        clock_gettime(CLOCK_MONOTONIC, &end)
        var duration = Double(end.tv_sec - begin.tv_sec) + Double(end.tv_nsec - begin.tv_nsec) * 1e-9
        let expected = try FeatureCacheFixture.digests(reference)
        var random = SeededGenerator(seed: 20_240_229)
        var (interrupted, partial) = (0, 0)
        for attempt in 0..<32 {
            let root = folder.file("attempt\(attempt)")
            try copy(template, to: root)
            let victim = try start(root, "features", "build")
            let moment = random.nextUnit() * duration
            usleep(UInt32(moment * 1e6))
            if victim.isRunning { interrupted += 1 } else { duration = min(duration, moment) }
            victim.kill()
            _ = try victim.wait()
            let left = FeatureCacheFixture.folders(root)
            if !left.isEmpty, left.count < expected.count / 3 { partial += 1 }
            let completion = try apus(root, "features", "build")
            #expect(completion.exitCode == 0, "killed after \(moment) s: \(completion.error)")
            #expect(try apus(root, "features", "gc").exitCode == 0)
            #expect(try FeatureCacheFixture.digests(root) == expected, "killed after \(moment) s")
            try Folder.remove(root)
        }
        #expect(interrupted > 15 && partial > 3, "\(interrupted) of 32 builds were killed, \(partial) amid columns")
    }

    /// A flipped byte, a file cut short, a file that is gone: the column is computed again, to the same bytes.
    @Test func whatIsDamagedIsBuiltAgain() throws {
        let folder = try TemporaryFolder()
        let root = folder.file("workspace")
        try FeatureCacheFixture.make(root)
        try #require(try apus(root, "features", "build").exitCode == 0)
        let expected = try FeatureCacheFixture.digests(root)
        var random = SeededGenerator(seed: 77)
        func choose(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        for round in 0..<6 {
            var damaged: Set<String> = []
            for column in FeatureCacheFixture.folders(root) where choose(3) > 0 {
                let file = column + "/" + ["values.parquet", "state.bin", "manifest.json"][choose(3)]
                var bytes = try FileBytes.read(file)
                switch choose(3) {
                case 0: bytes[choose(bytes.count)] ^= 1 << UInt8(choose(8))
                case 1: bytes.removeLast(1 + choose(bytes.count))
                default: unlink(file)
                }
                if FileBytes.exists(file) { try AtomicFile.write(bytes, to: file) }
                damaged.insert(file)
            }
            let again = try apus(root, "features", "build", "--json")
            #expect(again.exitCode == 0, "round \(round): \(again.error)")
            let actions = try FeatureCacheFixture.members("action", of: again.output)
            #expect(actions.values.count { $0 == "built" } == damaged.count, "round \(round): \(damaged.sorted())")
            #expect(try FeatureCacheFixture.digests(root) == expected, "round \(round): \(damaged.sorted())")
        }
        // The cleaner takes what no manifest vouches for.
        for column in FeatureCacheFixture.folders(root) { unlink(column + "/manifest.json") }
        let cleaned = try apus(root, "features", "gc")
        #expect(cleaned.exitCode == 0 && cleaned.output.contains("damaged"), "\(cleaned.output)")
        #expect(FeatureCacheFixture.folders(root).allSatisfy { FileBytes.exists($0 + "/manifest.json") })
    }
}
