/// Numbers for tables on a terminal.
enum NumberText {
    /// A fixed number of decimals, `-` for none.
    static func fixed(_ value: Double?, _ decimals: Int) -> String {
        guard let value, value.isFinite else { return "-" }
        return TextFormat.fixed(value, decimals)
    }

    static func percent(_ value: Double?) -> String { value.map { fixed($0 * 100, 2) + " %" } ?? "-" }
}
