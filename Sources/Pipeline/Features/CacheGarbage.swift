import Lake
import Primitives

/// A cached column that a cleaning took, or would take, away.
public struct CacheGarbage: Sendable {
    /// Relative to the workspace.
    public let folder: String
    public let reason: String
    public let bytes: Int64

    /// Takes away columns whose specification nothing enabled has, damaged ones, and all but the newest of each specification.
    /// - Parameters:
    ///   - what: whose columns these are, for the reasons.
    ///   - wanted: the specification hashes in use.
    ///   - inForce: folders that the registry names; of a wanted specification they count as the newest.
    ///   - keep: how many columns of a specification stay, >= 1.
    ///   - dryRun: only tell.
    /// - Throws: `ApusError` `cache.locked` while somebody builds.
    static func collect(
        in cache: FeatureCache, of what: String, wanted: Set<String>, inForce: [String], keep: Int, dryRun: Bool,
        _ workspace: Workspace
    ) throws -> [CacheGarbage] {
        let lock = try FeatureCacheLock(cache, alone: !dryRun)
        defer { withExtendedLifetime(lock) {} }
        let inForce = Set(inForce.map(workspace.absolute))
        var garbage: [CacheGarbage] = []
        func take(_ folder: String, _ reason: String) throws {
            garbage.append(CacheGarbage(folder: workspace.stored(folder), reason: reason, bytes: Folder.size(folder)))
            if !dryRun { try cache.discard(folder) }
        }
        for hash in cache.specHashes {
            for folder in cache.damagedFolders(specHash: hash) { try take(folder, "damaged") }
            let entries = cache.entries(specHash: hash)
            guard wanted.contains(hash) else {
                for entry in entries { try take(entry.folder, "no enabled \(what) has this specification") }
                continue
            }
            // Revised data may end earlier than those before them: what was built last stays, whatever its length.
            func age(_ entry: FeatureCache.Entry) -> (Int, String, Int) {
                (inForce.contains(entry.folder) ? 1 : 0, entry.asOf, entry.rows)
            }
            for entry in entries.sorted(by: { age($0) > age($1) }).dropFirst(keep) {
                try take(entry.folder, "older than the newest \(keep)")
            }
        }
        if !dryRun { try cache.sweep() }
        return garbage
    }
}
