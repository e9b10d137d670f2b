import Glibc
import Lake
import Primitives
import TestKit
import Testing

@testable import Pipeline

@Suite struct WorkspaceLockTests {
    @Test func workspacesThatShareAFolderExcludeEachOther() throws {
        let one = try SmallWorkspace(), other = try SmallWorkspace(), third = try SmallWorkspace()
        let link = other.folder.file("link")
        try AtomicFile.createFolder(one.folder.file("data/raw"))
        try #require(symlink(one.folder.file("data/raw"), link) == 0)
        other.paths["RAW_DIR"] = .string(link)
        do {
            let lock = try WorkspaceLock(try one.workspace)
            defer { withExtendedLifetime(lock) {} }
            let refused = #expect(throws: ApusError.self) { try WorkspaceLock(try other.workspace) }
            #expect(refused?.code == "workspace.locked" && refused?.description.contains("raw/.lock") == true)
            _ = try WorkspaceLock(try third.workspace)
        }
        // What the refused one had locked is free again, and so is the shared folder.
        _ = try WorkspaceLock(try other.workspace)
        _ = try WorkspaceLock(try one.workspace)
    }

    @Test func leftoversAreClearedButNotAmongTheSnapshots() throws {
        let small = try SmallWorkspace()
        small.paths["EXPORT_CONFIG_DIR"] = "{DATA_ROOT}/raw/exports"
        let name = AtomicFile.partialPrefix + "1-1-x"
        let swept = ["data/raw/m/\(name)", "data/runs/r/\(name)/deep/file", "data/derived/\(name)", "data/duckdb/\(name).wal"]
        let kept = ["data/raw/exports/\(name)", "data/raw/m/x", "data/duckdb/other/\(name)"]
        for path in swept + kept { try AtomicFile.write("x", to: small.folder.file(path)) }
        _ = try WorkspaceLock(try small.workspace)
        for path in swept { #expect(!FileBytes.exists(small.folder.file(path)), "\(path)") }
        for path in kept { #expect(FileBytes.exists(small.folder.file(path)), "\(path)") }
    }

    @Test func aDamagedRunIsListedAsDamaged() throws {
        let small = try SmallWorkspace()
        let runs = small.folder.file("data/runs")
        try AtomicFile.write("{", to: runs + "/X-1/20200101T000000Z/" + ResultFolder.manifestName)
        try AtomicFile.write("{}", to: runs + "/" + AtomicFile.partialPrefix + "old/1/" + ResultFolder.manifestName)
        let list = try RunList.all(try small.workspace)
        #expect(list.map(\.runID) == ["X-1"])
        #expect(list.first?.problem?.contains("not JSON") == true)
        #expect(try WorkspaceReports(try small.workspace).write().map(\.runID) == ["index"])
    }
}
