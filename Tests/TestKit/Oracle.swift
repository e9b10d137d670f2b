internal import Glibc
import Primitives

/// Independent Python programs in `Tests/Oracles` that a test compares the Swift code with.
///
/// `scripts/bootstrap --tests` installs what they import; a test that needs one is skipped where it is absent:
///
///     @Test(.enabled(if: Oracle.isInstalled)) func agreesWithPandas() throws {
///         let text = try Oracle.run(script: "bars.py", arguments: [file])
///     }
public enum Oracle {
    /// Whether the oracle packages for Debian's own Python are installed.
    public static let isInstalled = access(packages, R_OK) == 0
    /// Whether the packages that need Python 3.12 are installed.
    public static let isInstalled312 = python312 != nil

    /// Runs `Tests/Oracles/<script>` and returns its standard output.
    /// - Throws: `TestKitError` with what the script wrote to standard error, where it fails or the packages are absent.
    public static func run(script: String, arguments: [String] = [], input: String = "") throws -> String {
        guard isInstalled else { throw TestKitError("no .deps/oracle: run scripts/bootstrap --tests") }
        return try run(interpreter(of: packages) ?? "python3", packages, script, arguments, input)
    }

    /// The same for the packages that need Python 3.12.
    public static func run312(
        script: String, arguments: [String] = [], environment: [String: String] = [:], input: String = ""
    ) throws -> String {
        guard let python312 else { throw TestKitError("no .deps/oracle312: run scripts/bootstrap --tests with a Python 3.12") }
        return try run(python312, packages312, script, arguments, input, environment)
    }

    private static let packages = PackageRoot.appending(".deps/oracle")
    private static let packages312 = PackageRoot.appending(".deps/oracle312")

    private static let python312 = interpreter(of: packages312)

    /// The interpreter that scripts/bootstrap installed the packages for.
    private static func interpreter(of packages: String) -> String? {
        guard let text = try? FileBytes.readText(packages + "/python.path") else { return nil }
        let path = text.split(separator: "\n").first.map(String.init) ?? ""
        return access(path, X_OK) == 0 ? path : nil
    }

    private static func run(
        _ python: String, _ packages: String, _ script: String, _ arguments: [String], _ input: String,
        _ environment: [String: String] = [:]
    ) throws -> String {
        let path = script.hasPrefix("/") ? script : PackageRoot.appending("Tests/Oracles/" + script)
        let settings = [
            "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1",
            "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1",
        ].merging(environment) { $1 }
        let result = try ChildProcess.run([python, path] + arguments, environment: settings, input: input)
        guard result.exitCode == 0 else {
            throw TestKitError("\(script) ended with \(result.exitCode): \(result.error.suffix(4000))")
        }
        return result.output
    }
}
