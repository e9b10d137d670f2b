internal import Glibc

/// Market data that lies beside the package, in `../shared`. It is not part of the repository: a test that wants it is
/// skipped where it is absent.
///
///     @Test(.enabled(if: SharedData.has("es/x.dbn.zst"))) func barsOfARealDay() throws { ... }
public enum SharedData {
    /// Absolute path of a file or folder under `../shared/data`, or nil where it does not exist.
    public static func path(_ relative: String) -> String? { existing("data/" + relative) }

    /// Absolute path of anything under `../shared` (such as `conformance/ml4t`), or nil where it does not exist.
    public static func existing(_ relative: String) -> String? {
        let full = root + "/" + relative
        return access(full, R_OK) == 0 ? full : nil
    }

    public static func has(_ relative: String) -> Bool { path(relative) != nil }

    private static let root: String = {
        let parts = PackageRoot.path.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/") + "/shared"
    }()
}
