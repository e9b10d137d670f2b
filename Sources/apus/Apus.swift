import Glibc
import Primitives

@main struct Apus {
    static func main() {
        ProcessMemory.keepFreed()
        Signals.install()
        let runner = CommandRunner(
            root: .root, version: ProgramVersion.current, output: OutputWriter(descriptor: STDOUT_FILENO),
            errorOutput: OutputWriter(descriptor: STDERR_FILENO), terminal: .standardError(), clock: SystemClock())
        exit(runner.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }
}
