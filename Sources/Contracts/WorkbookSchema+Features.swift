// FEATURE_LIBRARY, ENGINEERED_FEATURES, FEATURE_SETS.
extension WorkbookSchema {
    static let featureSheets = [featureLibrary, engineeredFeatures, featureSets]

    private static let lag = WorkbookColumn(
        "lag_days", .integer, in: .lagDays,
        "Blank: the latest value available at the decision. A whole number n >= 0: the value labelled n "
            + "rows before the decision's own row; it is an error at run time if that was not yet available."
    )
    private static let availabilityLag = WorkbookColumn(
        "availability_lag_days", .integer, in: .lagDays,
        "Trading days from a value's date to the day it is known, >= 0. Blank takes the dataset's default_availability_lag_days.")
    private static let missing = WorkbookColumn(
        "missing_policy", .missingPolicy, required: true,
        "What a missing input value does: error stops, drop leaves the row out, ffill repeats the last value (ffill:5 for at "
            + "most 5 rows), zero takes 0, constant:1.5 another number.")
    private static let age = WorkbookColumn(
        "max_age", .age, later: true,
        "How old a value may be that is joined to a row or read by a decision, since it became known: "
            + "90m, 36h, 4d (days of 24 hours, weekends count). What is older is missing. Blank: any age.")
    private static let tags = WorkbookColumn("tags", .textList, "Words separated by commas; FEATURE_SETS select by them.")

    private static let featureLibrary = WorkbookSheet(
        "FEATURE_LIBRARY", "A feature computed from one dataset.",
        [
            WorkbookColumn("feature_id", .identifier, unique: true, "A short name; gates, strategies and sets refer to it."),
            WorkbookColumn("feature_name", .text, "The full name for charts and reports."),
            WorkbookColumn(
                "dataset_id", .datasetReference, required: true,
                "Where the input is: DATASET for a daily series, DATASET:cvd_1m:FULL for a table derived from trades."),
            WorkbookColumn(
                "instrument_scope", .reference(["INSTRUMENTS"]),
                "The instrument whose rows are meant. Required for a table derived from trades, blank for a daily series."),
            WorkbookColumn(
                "input_col", .text,
                "The columns that the transform reads, separated by commas, in its order; `A - B` and `A / B` join two. "
                    + "SOURCE!column reads another dataset, derived table or instrument (VIX!vix), as it was known at each row. "
                    + "Blank: the columns named like the transform's inputs, such as high, low, close."),
            WorkbookColumn(
                "transform", .text, required: true,
                "How the feature is computed: a name that `apus features transforms` lists, or one of spec/features/*.yaml."),
            WorkbookColumn(
                "params_json", .jsonObject,
                "The transform's parameters as JSON, such as {\"window\": 20}. Windows count rows. Unknown keys are refused."),
            lag, availabilityLag, missing,
            WorkbookColumn(
                "winsorize", .featureFinish,
                "Clips the result to quantiles of its own last rows: LOW:HIGH:WINDOW, such as 0.01:0.99:250. Blank or none: no."),
            WorkbookColumn(
                "normalize", .featureFinish,
                "Then scales it by its own last rows: NAME:WINDOW, such as zscore:250; NAME is one of "
                    + FeatureFinish.normalizations.joined(separator: ", ") + ". Blank or none: no."),
            age, tags, .enabled("feature"), .notes(),
        ])

    private static let engineeredFeatures = WorkbookSheet(
        "ENGINEERED_FEATURES", "A feature computed from other features.",
        [
            WorkbookColumn("eng_feature_id", .identifier, unique: true, "A short name, different from every feature_id."),
            WorkbookColumn("eng_feature_name", .text, "The full name for charts and reports."),
            WorkbookColumn(
                "input_feature_ids", .references(featureIDSheets, orAll: false), required: true,
                "The input features' ids separated by commas, in the order the transform uses them."),
            WorkbookColumn(
                "combine_transform", .text, required: true,
                "How the inputs become one value: a name that `apus features transforms` lists, or one of spec/features/*.yaml."),
            WorkbookColumn("params_json", .jsonObject, "The transform's parameters as JSON. Unknown keys are refused."),
            lag,
            WorkbookColumn(
                "availability_lag_days", .integer, in: .lagDays,
                "Trading days added to the latest known time among the inputs, >= 0. Blank means 0."),
            missing, age, tags, .enabled("feature"), .notes(),
        ])

    private static let featureSets = WorkbookSheet(
        "FEATURE_SETS", "A named selection of features.",
        [
            WorkbookColumn("feature_set_id", .identifier, unique: true, "A short name that strategies and trainings refer to."),
            WorkbookColumn("description", .text, "What the set is for."),
            WorkbookColumn("include_tags", .textList, "Features with any of these tags are in. Separated by commas."),
            WorkbookColumn(
                "exclude_tags", .textList, "Features with any of these tags are out, unless named in include_feature_ids."),
            WorkbookColumn(
                "include_feature_ids", .references(featureIDSheets, orAll: false),
                "Feature ids that are in whatever their tags say."),
            WorkbookColumn(
                "exclude_feature_ids", .references(featureIDSheets, orAll: false),
                "Feature ids that are out whatever their tags say."),
            WorkbookColumn(
                "max_features", .integer, in: .counts, "The set may hold at most this many features; blank means any number."),
            .enabled("set"), .notes(),
        ])
}
