import Testing

@testable import Pipeline

struct SeriesCellTests {
    private func kind(_ text: String) -> String {
        switch SeriesCell(text) {
        case .number(let number): "\(number)"
        case .missing: "missing"
        case .infinite: "infinite"
        case .text: "text"
        }
    }

    /// What pandas takes for missing, and the point of FRED.
    @Test(arguments: [
        "", " ", "\t", ".", " . ", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
        "N/A",
        "NA", "NULL", "NaN", "None", "n/a", "nan", "null", " NA ",
    ]) func missing(text: String) { #expect(kind(text) == "missing") }

    @Test(arguments: [
        ("1.5", "1.5"), (" +2 ", "2.0"), ("1e-05", "1e-05"), ("-.5", "-0.5"), ("3.", "3.0"), ("inf", "infinite"),
        ("-INF", "infinite"),
        (" Infinity ", "infinite"), ("1e999", "infinite"), ("0x10", "text"), ("0x1p4", "text"), ("1e", "text"),
        ("nan(1)", "text"),
        ("1,5", "text"), ("1 5", "text"), ("Na", "text"), ("none", "text"), ("-", "text"), ("True", "text"),
    ]) func others(text: String, expected: String) { #expect(kind(text) == expected) }
}
