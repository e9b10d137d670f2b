internal import Glibc
import Primitives

/// A program that a test runs: its output is collected in files, so that it can never block on a full pipe.
public final class ChildProcess {
    public struct Result: Sendable {
        /// The exit code, or 128 + the signal that ended it.
        public let exitCode: Int32
        public let output: String
        public let error: String
    }

    public let processID: Int32
    private let scratch: TemporaryFolder
    private var result: Result?

    /// Starts `command` (its first word is looked up on PATH) in `folder` with `environment` added to this process's own.
    /// Without `input` the program reads an empty standard input.
    public init(
        _ command: [String], environment: [String: String] = [:], folder: String = PackageRoot.path, input: String = ""
    ) throws {
        scratch = try TemporaryFolder("process")
        try AtomicFile.write(input, to: scratch.file("in"))
        let settings = environment.keys.sorted().map { "\($0)=\(environment[$0] ?? "")" }
        let words = ["/usr/bin/env", "-C", folder] + settings + command

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, scratch.file("in"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, scratch.file("out"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, scratch.file("err"), O_WRONLY | O_CREAT | O_TRUNC, 0o600)

        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var identifier: pid_t = 0
        let status = posix_spawn(&identifier, "/usr/bin/env", &actions, nil, &arguments, environ)
        guard status == 0 else { throw TestKitError("cannot start \(command): \(String(cString: strerror(status)))") }
        processID = identifier
    }

    deinit {
        if result == nil {
            Glibc.kill(processID, SIGKILL)
            var status: Int32 = 0
            waitpid(processID, &status, 0)
        }
    }

    /// Sends a signal, SIGKILL unless told otherwise.
    public func kill(_ signal: Int32 = 9) { Glibc.kill(processID, signal) }

    /// True while the program has not ended.
    public var isRunning: Bool {
        var info = siginfo_t()
        guard result == nil, waitid(P_PID, id_t(processID), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return false }
        return info.si_signo == 0
    }

    @discardableResult
    public func wait() throws -> Result {
        if let result { return result }
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0 {
            guard errno == EINTR else { throw TestKitError("waitpid: \(String(cString: strerror(errno)))") }
        }
        let signal = status & 0x7F
        let finished = Result(
            exitCode: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
            output: String(decoding: try FileBytes.read(scratch.file("out")), as: UTF8.self),
            error: String(decoding: try FileBytes.read(scratch.file("err")), as: UTF8.self))
        result = finished
        return finished
    }

    /// Runs a program to its end.
    public static func run(
        _ command: [String], environment: [String: String] = [:], folder: String = PackageRoot.path, input: String = ""
    ) throws -> Result {
        try ChildProcess(command, environment: environment, folder: folder, input: input).wait()
    }
}

/// The `apus` executable of the build under test.
public enum BuiltProgram {
    /// Absolute path; `swift test` builds it beside the test runner.
    public static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let runner = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = runner.split(separator: "/").dropLast().joined(separator: "/")
        let beside = "/" + folder + "/apus"
        return access(beside, X_OK) == 0 ? beside : PackageRoot.appending(".build/debug/apus")
    }()

    /// Runs `apus` with `arguments`.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], folder: String = PackageRoot.path, input: String = ""
    ) throws -> ChildProcess.Result {
        try ChildProcess.run([path] + arguments, environment: environment, folder: folder, input: input)
    }
}
