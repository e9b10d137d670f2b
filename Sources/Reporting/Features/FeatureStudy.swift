public import Primitives

/// A feature's whole history with all that a page about it tells.
public struct FeatureStudy: Sendable {
    /// What the feature is, as its workbook row and its transform's documentation say.
    public struct Definition: Sendable {
        public var id: String
        public var name: String
        public var transform: String
        public var family: String
        public var formula: String
        public var source: String
        /// Of the values; empty where the transform has none.
        public var units: String
        public var parameters: [String: JSONValue]
        /// Rows without a value at the beginning.
        /// nil where the data decide.
        public var warmUp: Int?
        public var missingPolicy: String
        /// What happens to the transform's result, such as `winsorize`; in this order.
        public var finish: [String]
        public var specHash: String

        public init(
            id: String, name: String, transform: String, family: String, formula: String, source: String, units: String,
            parameters: [String: JSONValue], warmUp: Int?, missingPolicy: String, finish: [String], specHash: String
        ) {
            self.id = id
            self.name = name
            self.transform = transform
            self.family = family
            self.formula = formula
            self.source = source
            self.units = units
            self.parameters = parameters
            self.warmUp = warmUp
            self.missingPolicy = missingPolicy
            self.finish = finish
            self.specHash = specHash
        }
    }

    /// A column that it reads and when that column's rows become known.
    public struct Input: Sendable {
        public var name: String
        public var availability: String

        public init(name: String, availability: String) {
            self.name = name
            self.availability = availability
        }
    }

    /// A file that it rests on.
    public struct File: Sendable {
        public var role: String
        public var path: String
        public var sha256: String

        public init(role: String, path: String, sha256: String) {
            self.role = role
            self.path = path
            self.sha256 = sha256
        }
    }

    /// The bars of an instrument with what a decision at each of them knew of the feature.
    public struct Market: Sendable {
        public var instrument: String
        /// Of each bar, > 0.
        public var closes: [Double]
        /// The value known when each bar closed; NaN where there was none.
        public var known: [Double]

        /// - Precondition: both arrays have the same length.
        public init(instrument: String, closes: [Double], known: [Double]) {
            precondition(closes.count == known.count, "one known value a bar")
            self.instrument = instrument
            self.closes = closes
            self.known = known
        }
    }

    public var definition: Definition
    public var inputs: [Input]
    public var files: [File]
    /// The time each value belongs to, strictly increasing; when it became known; the value, NaN where there is none.
    public var labels: [UnixNanos]
    public var availableAt: [UnixNanos]
    public var values: [Double]
    /// nil where no instrument goes with the feature.
    public var market: Market?

    /// - Precondition: the three arrays have the same length.
    public init(
        definition: Definition, inputs: [Input], files: [File], labels: [UnixNanos], availableAt: [UnixNanos], values: [Double],
        market: Market?
    ) {
        precondition(labels.count == values.count && labels.count == availableAt.count, "one label and one time a value")
        self.definition = definition
        self.inputs = inputs
        self.files = files
        self.labels = labels
        self.availableAt = availableAt
        self.values = values
        self.market = market
    }
}
