import CMalloc
import Glibc
import Primitives

@main struct Apus {
    static func main() {
        keepFreedMemory()
        Signals.install()
        let runner = CommandRunner(
            root: .root, version: ProgramVersion.current, output: OutputWriter(descriptor: STDOUT_FILENO),
            errorOutput: OutputWriter(descriptor: STDERR_FILENO), terminal: .standardError(), clock: SystemClock())
        exit(runner.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Columns of millions of rows come and go; given back to the system each time, a third of a run would be page faults.
    private static func keepFreedMemory() {
        mallopt(M_MMAP_THRESHOLD, 1 << 30)
        mallopt(M_TRIM_THRESHOLD, Int32.max)
        mallopt(M_TOP_PAD, 16 << 20)
    }
}
