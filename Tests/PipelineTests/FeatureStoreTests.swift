import Features
import Lake
import Primitives
import Testing

@testable import Pipeline

@Suite struct FeatureStoreTests {
    private func workspace(_ text: String) throws -> SmallWorkspace {
        let small = try SmallWorkspace()
        small.features = [["feature_id": "f", "dataset_id": "D", "input_col": "x", "transform": "level"]]
        try small.ingest(daily: text)
        return small
    }

    private func stage(_ small: SmallWorkspace) throws -> FeatureStage {
        let workspace = try small.workspace
        return FeatureStage(workspace, registry: try workspace.registry())
    }

    private func build(_ small: SmallWorkspace) throws -> FeatureOutcome { try #require(try stage(small).build().first) }

    /// Settings that give the same file another meaning make another column.
    @Test func settingsOfADatasetAreNotTakenFromTheCache() throws {
        let small = try workspace("day,x\n2020-01-02,1\n2020-01-03,2\n")
        let first = try build(small)
        #expect("\(first.action)" == "built")
        #expect(try "\(build(small).action)" == "up to date")
        #expect(first.asOf?.description == "2020-01-03T21:00:00Z")
        small.daily["default_availability_lag_days"] = 1
        #expect(try build(small).asOf?.description == "2020-01-06T21:00:00Z")
        small.daily["known_time_rule"] = "18:00@US_EQUITY"
        #expect(try build(small).asOf?.description == "2020-01-06T23:00:00Z")
    }
}
