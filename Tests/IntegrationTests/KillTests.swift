import Glibc
import Primitives
import TestKit
import Testing

/// kill -9 at 2 x 25 random moments of the whole runbook: the next run completes the workspace to the same bytes.
@Test(.enabled(if: WorkspaceFixture.hasSeries, "run scripts/bootstrap first"), arguments: [20_231_225, 20_231_226] as [UInt64])
func aKilledWorkspaceIsCompletedByTheNextRun(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let template = folder.file("template"), reference = folder.file("reference")
    try WorkspaceFixture.make(template)
    func copy(to target: String) throws { _ = try ChildProcess.run(["cp", "-a", template, target]) }
    func start(_ root: String) throws -> ChildProcess { try ChildProcess([BuiltProgram.path, "runbook", "--workspace", root]) }

    try copy(to: reference)
    var begin = timespec(), end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &begin)
    let finished = try start(reference).wait()
    clock_gettime(CLOCK_MONOTONIC, &end)
    try #require(finished.exitCode == 0, "\(finished.error)")
    var duration = Double(end.tv_sec - begin.tv_sec) + Double(end.tv_nsec - begin.tv_nsec) * 1e-9
    let expected = try WorkspaceFixture.digests(reference)
    #expect(expected.count > 30)

    var random = SeededGenerator(seed: seed)
    var interrupted = 0
    for attempt in 0..<25 {
        let root = folder.file("attempt\(attempt)")
        try copy(to: root)
        let victim = try start(root)
        let moment = random.nextUnit() * duration
        usleep(UInt32(moment * 1e6))
        // The reference may have been slow because the machine was busy: moments after the end say how long a run really takes.
        if victim.isRunning { interrupted += 1 } else { duration = min(duration, moment) }
        victim.kill()
        _ = try victim.wait()
        let completion = try start(root).wait()
        #expect(completion.exitCode == 0, "killed after \(moment) s: \(completion.error)")
        let got = try WorkspaceFixture.digests(root)
        #expect(got == expected, "killed after \(moment) s")
        _ = try ChildProcess.run(["rm", "-rf", root])
        if completion.exitCode != 0 || got != expected { return }
    }
    #expect(interrupted > 12, "only \(interrupted) of 25 runs were killed on their way")
}
