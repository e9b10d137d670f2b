import Contracts

/// How much there is to do, for progress bars.
extension Workspace {
    /// Files that ingest would look at.
    /// - Parameter only: dataset ids, all where empty. Unknown ones count nothing; the stage refuses them.
    public func sourceFileCount(only: [String] = []) -> Int {
        configuration.datasets.filter { only.isEmpty || only.contains($0.id) }.reduce(0) { count, dataset in
            count + FilePattern.expand(WorkspacePaths.resolve(dataset.sourcePath, base: root)).count
        }
    }

    /// Rows of SESSIONS that derive would look at.
    public func sessionCount(only: [String] = []) -> Int {
        configuration.sessions.filter { only.isEmpty || only.contains($0.id) }.count
    }

    /// Backtests that run would look at.
    public func backtestCount(only: [String] = []) -> Int {
        configuration.backtests.filter { only.isEmpty || only.contains($0.id) }.count
    }

    /// Where the events of commands that write are logged, one JSON object a line.
    public var logFile: String { configuration.paths.logs + "/apus.log" }
}
