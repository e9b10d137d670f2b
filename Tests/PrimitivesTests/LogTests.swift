import Primitives
import TestKit
import Testing

@Suite struct LogTests {
    private final class Lines: Sendable {
        let all = Locked<[String]>([])
        func add(_ line: String) { all.withLock { $0.append(line) } }
        var text: [String] { all.withLock { $0 } }
    }

    private func log(_ lines: Lines, minimum: Log.Level = .info, asJSON: Bool) throws -> Log {
        let clock = FixedClock(try #require(UnixNanos(iso8601: "2024-01-05T10:00:00.25Z")))
        return Log(minimum: minimum, clock: clock, asJSON: asJSON) { lines.add($0) }
    }

    @Test func peopleReadLines() throws {
        let lines = Lines()
        let log = try log(lines, asJSON: false)
        log.debug("not shown")
        log.info("ingested", ["file": "es.dbn", "rows": 12, "share": 0.5])
        log.warning("late")
        log.error("broken")
        #expect(lines.text == ["ingested file=\"es.dbn\" rows=12 share=0.5", "warning: late", "error: broken"])
    }

    @Test func programsReadJSON() throws {
        let lines = Lines()
        let log = try log(lines, minimum: .debug, asJSON: true)
        log.debug("a \"quoted\"\nline", ["z": nil, "a": [1]])
        let line = try #require(lines.text.first)
        #expect(
            try JSONParser.parse(line)
                == ["time": "2024-01-05T10:00:00.250Z", "level": "debug", "message": "a \"quoted\"\nline", "z": nil, "a": [1]])
        #expect(!line.contains("\n"))
    }

    @Test func aNumberThatIsNotFiniteLosesNoMessage() throws {
        let lines = Lines()
        try log(lines, asJSON: true).info("ratio", ["x": .double(.nan)])
        #expect(lines.text.count == 1 && lines.text[0].contains("ratio"))
    }

    @Test func aFileGetsEveryLine() throws {
        let folder = try TemporaryFolder()
        let lines = Lines()
        for number in 1...2 {
            let log = try log(lines, minimum: .warning, asJSON: false).appending(to: folder.file("logs/a.log"))
            log.debug("line", ["number": .int(Int64(number))])
        }
        #expect(lines.text.isEmpty)
        let written = try FileBytes.readText(folder.file("logs/a.log")).split(separator: "\n")
        #expect(try written.map { try JSONParser.parse(String($0))["number"] } == [1, 2])
        #expect(throws: ApusError.self) { try log(lines, asJSON: false).appending(to: folder.path) }
    }

    @Test func errorsReadAsOneSentence() {
        let cause = #expect(throws: JSONParser.Failure.self) { try JSONParser.parse("-01") }
        let error = ApusError(
            "config.read", "the snapshot is damaged", context: ["file": "a.json", "sheet": "COSTS"], underlying: cause)
        #expect("\(error)" == "the snapshot is damaged (file: a.json, sheet: COSTS): leading zero at byte 3")
        #expect("\(ApusError("x.y", "plain"))" == "plain")
    }
}
