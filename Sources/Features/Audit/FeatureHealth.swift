public import Statistics

/// What an audit tells of a column beside leaks.
public struct FeatureHealth: Hashable, Sendable {
    public let rows: Int
    /// Rows without a value at the beginning, as the transform's documentation says, nil where it leaves that to the data, and as
    /// counted.
    public let declaredWarmUp: Int?
    /// Whole sessions that come before the declared rows; how many rows they have is the data's affair.
    public let declaredSessions: Int
    public let countedWarmUp: Int
    /// Part of the rows after the warm-up without a value.
    public let missingShare: Double
    /// How far values after the declared warm-up still depend on where the data begin: the largest difference of a computation
    /// that begins later, in standard deviations of the feature. 0 for windows, above 0 for recursions.
    public let startDependence: Double
    /// Mean absolute change from row to row in standard deviations: what one more row of publication lag costs.
    public let lagSensitivity: Double
    /// Of at most the last `testedValues` finite values; nil where the test is undefined.
    public let stationarity: AugmentedDickeyFuller?

    public static let testedValues = 2_000

    /// - Parameters:
    ///   - rows: what the column was computed from.
    ///   - column: the result.
    /// - Throws: `FeatureError`.
    public init(_ recipe: FeatureRecipe, rows: FeatureRows, column: Series) throws {
        self.rows = column.count
        declaredWarmUp = recipe.warmUp
        declaredSessions = recipe.warmUpSessions
        countedWarmUp = column.values.firstIndex { !$0.isNaN } ?? column.count
        let after = column.values.dropFirst(countedWarmUp)
        missingShare = after.isEmpty ? 0 : Double(after.count(where: \.isNaN)) / Double(after.count)
        let values = after.filter(\.isFinite)
        let mean = values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        let deviation =
            values.count < 2 ? 0 : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
        let changes = zip(values, values.dropFirst()).map { abs($1 - $0) }
        lagSensitivity = changes.isEmpty || deviation == 0 ? 0 : changes.reduce(0, +) / Double(changes.count) / deviation
        stationarity = AugmentedDickeyFuller(Array(values.suffix(Self.testedValues)))
        startDependence = try deviation == 0 ? 0 : Self.startDependence(recipe, rows, column, countedWarmUp) / deviation
    }

    /// The largest difference over some hundred rows after a late start's warm-up.
    private static func startDependence(
        _ recipe: FeatureRecipe, _ rows: FeatureRows, _ column: Series, _ counted: Int
    ) throws -> Double {
        let start = rows.count / 2
        // Where the data decide, a late start may take longer than the first one did.
        let warmUp = recipe.warmUp ?? 2 * counted
        let end = min(rows.count, start + warmUp + 500)
        guard start + warmUp < end else { return 0 }
        var stream = try recipe.stream()
        let late = stream.append(rows.columns.map { Array($0[start..<end]) })
        return (warmUp..<late.count).reduce(0) { largest, row in
            let difference = abs(late[row] - column.values[start + row])
            return difference > largest ? difference : largest
        }
    }
}
