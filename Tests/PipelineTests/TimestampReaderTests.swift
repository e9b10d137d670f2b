import Market
import Primitives
import TestKit
import Testing

@testable import Pipeline

struct TimestampReaderTests {
    private func read(_ texts: [String], zone: USTimeZone? = nil) throws -> [String] {
        var reader = TimestampReader(zone: zone)
        return try texts.map { try reader.read($0).description }
    }

    @Test(arguments: [
        ("2024-05-01T14:30:00Z", "2024-05-01T14:30:00Z"), ("2024-05-01 14:30:00+00:00", "2024-05-01T14:30:00Z"),
        ("2024-05-01T10:30-04:00", "2024-05-01T14:30:00Z"), ("2024-05-01 20:00:00.5+0530", "2024-05-01T14:30:00.500Z"),
        ("2024-05-01 14:30:00.123456789", "2024-05-01T14:30:00.123456789Z"), ("2024-05-01 14:30", "2024-05-01T14:30:00Z"),
        ("2024-05-01", "2024-05-01T00:00:00Z"), ("20240501 14:30:00", "2024-05-01T14:30:00Z"),
        (" 2024-05-01 14:30 ", "2024-05-01T14:30:00Z"), ("1714573800", "2024-05-01T14:30:00Z"),
        ("1714573800.25", "2024-05-01T14:30:00.250Z"), ("1714573800000", "2024-05-01T14:30:00Z"),
        ("1714573800000.001", "2024-05-01T14:30:00.000001Z"), ("1714573800000001", "2024-05-01T14:30:00.000001Z"),
        ("1714573800000000001", "2024-05-01T14:30:00.000000001Z"), ("100000000", "1973-03-03T09:46:40Z"),
        ("99999999999", "too far"), ("100000000000", "1973-03-03T09:46:40Z"),
    ]) func forms(text: String, expected: String) throws {
        if expected == "too far" {
            let failure = #expect(throws: TimestampReader.Failure.self) { try read([text]) }
            #expect(failure?.message.contains("2262") == true)
        } else {
            #expect(try read([text]) == [expected])
        }
    }

    @Test(arguments: [
        ([""], "missing"), (["yesterday"], "not a timestamp"), (["2024-13-01 00:00"], "not a timestamp"),
        (["20240501"], "too small"), (["44516.5"], "too small"), (["1.7e9"], "not a timestamp"),
        (["1714573800.0000000001"], "finer than a nanosecond"), (["1714573800", "1714573800001"], "milliseconds since 1970"),
        (["2024-05-01T14:30:00Z", "2024-05-01T14:31:00"], "those before it are ISO 8601 with a zone"),
        (["2024-05-01T14:30:00", "1714573900"], "seconds since 1970"), (["-5"], "not a timestamp"),
    ]) func whatIsRefused(texts: [String], words: String) throws {
        let failure = #expect(throws: TimestampReader.Failure.self) { try read(texts) }
        #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    }

    @Test func localTimesOfAZone() throws {
        #expect(
            try read(["2024-01-02 09:30", "2024-07-01 09:30"], zone: .newYork) == [
                "2024-01-02T14:30:00Z", "2024-07-01T13:30:00Z",
            ])
        #expect(try read(["2024-07-01T09:30:00Z"], zone: .newYork) == ["2024-07-01T09:30:00Z"])
        for (text, words) in [("2024-03-10 02:30", "does not exist"), ("2024-11-03 01:30", "occurs twice")] {
            let failure = #expect(throws: TimestampReader.Failure.self) { try read([text], zone: .newYork) }
            #expect(failure?.code == "timed.zone" && failure?.message.contains(words) == true)
        }
    }
}
