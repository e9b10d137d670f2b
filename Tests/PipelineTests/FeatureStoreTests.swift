import Contracts
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

    /// A slow source beside a fast one: with an age its last value is missing after a while, in a column of its own, and a column
    /// that grew has the same bits as one that was computed whole.
    @Test func anAgeMakesAnotherColumnThatGrowsLikeAFreshOne() throws {
        let days = try #require(CivilDate("2020-01-02"))
        func text(_ dates: some Sequence<Int>) -> String {
            "day,x\n" + dates.map { "\(days + $0),\($0 + 1)\n" }.joined()
        }
        func make(_ last: Int) throws -> SmallWorkspace {
            let small = try SmallWorkspace()
            var slow = small.daily
            slow["dataset_id"] = "S"
            slow["source_path_or_id"] = "inbox/s*.csv"
            slow["canonical_table_name"] = "s_daily"
            small.others = [.object(slow)]
            var row: [String: JSONValue] = [
                "feature_id": "f", "dataset_id": "D", "input_col": "x, S!x", "transform": "ratio", "missing_policy": "drop",
            ]
            small.features = [.object(row)]
            row["feature_id"] = "young"
            row["max_age"] = "6d"
            small.features.append(.object(row))
            try grow(small, last)
            return small
        }
        func grow(_ small: SmallWorkspace, _ last: Int) throws {
            let weekdays = (0...last).filter { (days + $0).isoWeekday < 6 }
            try small.ingest(daily: text(weekdays))
            // Known on one day of three weeks.
            try small.write(text(weekdays.filter { $0 % 21 == 0 }), to: "s.csv")
            try small.ingest("S")
        }
        let grown = try make(20)
        let before = try stage(grown).build()
        try grow(grown, 38)
        let other = try make(38)
        let after = try stage(grown).build(), fresh = try stage(other).build()
        #expect(before[0].specHash != before[1].specHash && before[1].rows < before[0].rows)
        #expect("\(after[1].action)".hasPrefix("extended"))
        #expect(after.map(\.digest) == fresh.map(\.digest) && after.map(\.rows) == fresh.map(\.rows))
        let told = try stage(grown).explain("young", at: #require(UnixNanos(iso8601: "2020-01-31T21:00:00Z")))
        #expect(told.maxAge == "6d" && told.inputs[1].isTooOld == false && told.inputs.count == 2)
        // The row is the last one that has both: the source's value of the 23rd was six days old on the 29th.
        #expect(told.reading?.label.utcDate.description == "2020-01-29")
        let late = try stage(grown).explain("young", at: #require(UnixNanos(iso8601: "2020-02-06T21:00:00Z")))
        #expect(late.reading == nil, "its own last row is too old by then")
        #expect(late.tooOld == told.reading && late.inputs == told.inputs, "the row and what it was made of are told")
    }

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

    /// Revised data may end earlier: the column of these data stays, not the one with the latest time.
    @Test func collectionKeepsWhatWasBuiltLast() throws {
        let small = try workspace("day,x\n2020-01-02,1\n2020-01-03,2\n2020-01-06,3\n")
        small.daily["update_mode"] = "revisable"
        try small.ingest("D")
        func build() throws -> FeatureOutcome {
            let workspace = try small.workspace
            let stage = FeatureStage(workspace, registry: try workspace.registry())
            let outcomes = try stage.build()
            try stage.register(outcomes)
            return try #require(outcomes.first)
        }
        let longer = try build()
        try small.ingest(daily: "day,x\n2020-01-02,1\n2020-01-03,5\n")
        let shorter = try build()
        #expect(longer.folder != shorter.folder && longer.specHash == shorter.specHash && shorter.rows == 2)
        let garbage = try stage(small).collect(keep: 1, dryRun: false)
        #expect(garbage.map(\.folder) == [try small.workspace.stored(longer.folder)])
        #expect(try "\(build().action)" == "up to date")
    }

    /// What a killed writer left goes with the next build, beside verdicts of audits too.
    @Test func leftoversGo() throws {
        let small = try workspace("day,x\n2020-01-02,1\n2020-01-03,2\n")
        let first = try build(small)
        let cache = try small.workspace.paths.featureCache
        let left = [cache + "/.audits", cache + "/" + first.specHash].map { $0 + "/" + AtomicFile.partialPrefix + "1-x.json" }
        for file in left { try AtomicFile.write("{", to: file) }
        #expect(try "\(build(small).action)" == "up to date")
        #expect(left.allSatisfy { !FileBytes.exists($0) })
    }

    /// To tell what nothing uses, nothing is computed: not even what an engineered feature is made of.
    @Test func collectionComputesNothing() throws {
        let small = try workspace("day,x\n2020-01-02,1\n2020-01-03,2\n")
        small.features.append(["feature_id": "g", "dataset_id": "D", "input_col": "x", "transform": "difference"])
        small.engineered = [
            [
                "eng_feature_id": "h", "input_feature_ids": ["f", "g"], "combine_transform": "difference",
                "missing_policy": "drop",
            ]
        ]
        let cache = try small.workspace.paths.featureCache
        #expect(try stage(small).collect(keep: 1, dryRun: true).isEmpty)
        #expect(Folder.names(in: cache).allSatisfy { $0.hasPrefix(".") })
        let built = try stage(small).build()
        #expect(built.count == 3 && Set(built.map(\.specHash)).count == 3)
        #expect(try stage(small).collect(keep: 1, dryRun: false).isEmpty, "all three are in use")
    }

    /// What a cell names and the file does not have: the error leads to both.
    @Test(arguments: [("x2", "D"), ("S!y", "S"), ("x, P!close", "D")])
    func aColumnThatIsMissingIsNamedWithItsCell(_ column: String, _ source: String) throws {
        let small = try SmallWorkspace()
        var other = small.daily
        other["dataset_id"] = "S"
        other["source_path_or_id"] = "inbox/s*.csv"
        other["canonical_table_name"] = "s_daily"
        small.others = [.object(other)]
        small.instruments = [
            [
                "instrument_id": "P", "instrument_type": "index", "prices_dataset_id": "D", "open_col": "x", "high_col": "x",
                "low_col": "x", "close_col": "z", "return_model": "price", "currency": "USD", "calendar": "US_EQUITY",
            ]
        ]
        let transform: JSONValue = column.contains(",") ? "ratio" : "level"
        small.features = [
            ["feature_id": "f", "dataset_id": "D", "input_col": .string(column), "transform": transform]
        ]
        try small.ingest(daily: "day,x\n2020-01-02,1\n2020-01-03,2\n")
        try small.write("day,x\n2020-01-02,1\n", to: "s.csv")
        try small.ingest("S")
        let error = try #require(throws: ApusError.self) { _ = try build(small) }
        let context = Dictionary(uniqueKeysWithValues: error.context.map { ($0.key, $0.value) })
        #expect(error.code == "run.column", "\(error)")
        #expect(
            context["sheet"] == "FEATURE_LIBRARY" && context["row"] == "f" && context["column"] == "input_col"
                && context["source"] == source && context["file"]?.hasSuffix(".csv") == true, "\(error)")
    }

    /// A lag that leads behind the end of the calendar is told with feature, file and row, of a dataset's row and of a feature's.
    @Test func aLagBehindTheCalendarNamesTheRow() throws {
        func failure(_ change: (SmallWorkspace) -> Void) throws -> [String: String] {
            let small = try workspace("day,x\n2028-12-20,1\n2028-12-28,2\n")
            #expect(try build(small).rows == 2)
            change(small)
            let error = try #require(throws: ApusError.self) { _ = try stage(small).build() }
            #expect(error.code == "calendar.coverage", "\(error)")
            return Dictionary(uniqueKeysWithValues: error.context.map { ($0.key, $0.value) })
        }
        for context in [
            try failure { $0.daily["default_availability_lag_days"] = 5 },
            try failure {
                $0.features = [
                    [
                        "feature_id": "f", "dataset_id": "D", "input_col": "x", "transform": "level", "availability_lag_days": 5,
                    ]
                ]
            },
        ] {
            #expect(
                context["feature"] == "f" && context["dataset"] == "D" && context["row"] == "2028-12-28"
                    && context["availability_lag_days"] == "5" && context["file"]?.hasSuffix("d.csv") == true, "\(context)")
        }
        let combined = try failure {
            $0.engineered = [
                [
                    "eng_feature_id": "e", "input_feature_ids": ["f"], "combine_transform": "level", "missing_policy": "drop",
                    "availability_lag_days": 5,
                ]
            ]
        }
        #expect(combined["feature"] == "e" && combined["input"] == "f", "\(combined)")
        #expect(combined["known"] == "2028-12-28T21:00:00Z", "\(combined)")
    }

    /// The last session has none behind it: the sensitivity to publication leaves its row where it is.
    @Test func aThoroughAuditGoesToTheCalendarsEnd() throws {
        let days = try #require(CivilDate("2028-11-01"))
        let rows = (0..<59).filter { (days + $0).isoWeekday < 6 }.map { "\(days + $0),\($0)\n" }
        let small = try workspace("day,x\n" + rows.joined())
        let outcomes = try stage(small).audit(with: .standard, lateness: true)
        #expect(outcomes.count == 1 && outcomes[0].leaks.isEmpty && outcomes[0].lateness != nil)
    }
}
