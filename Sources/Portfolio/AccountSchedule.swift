public import Primitives

/// What happens to positions at given times, whatever the account trades.
public struct AccountSchedule: Sendable {
    /// One payment of a perpetual.
    public struct Funding: Hashable, Sendable {
        public let time: UnixNanos
        public let instrument: Int
        /// Fraction of the notional; positive is paid by longs.
        public let rate: Double
        /// The mark price of the exchange; NaN takes the engine's own.
        public let mark: Double

        public init(time: UnixNanos, instrument: Int, rate: Double, mark: Double = .nan) {
            self.time = time
            self.instrument = instrument
            self.rate = rate
            self.mark = mark
        }
    }

    /// A split or a dividend.
    public struct Action: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable { case split, dividend }

        public let time: UnixNanos
        public let instrument: Int
        public let kind: Kind
        /// New units for each old one; or money for each unit held.
        public let value: Double

        public init(time: UnixNanos, instrument: Int, kind: Kind, value: Double) {
            self.time = time
            self.instrument = instrument
            self.kind = kind
            self.value = value
        }
    }

    /// What a unit of a currency is worth in the account's.
    public struct Rate: Hashable, Sendable {
        /// What the rate is of, and when it became known.
        public let time: UnixNanos
        public let availableTime: UnixNanos
        public let currency: String
        /// > 0.
        public let rate: Double

        /// - Parameter availableTime: nil is `time`.
        public init(time: UnixNanos, availableTime: UnixNanos? = nil, currency: String, rate: Double) {
            self.time = time
            self.availableTime = availableTime ?? time
            self.currency = currency
            self.rate = rate
        }
    }

    /// In order of time; of one time in the order given.
    public let funding: [Funding]
    public let actions: [Action]
    /// In the order in which they became known.
    public let conversion: [Rate]

    public init(funding: [Funding] = [], actions: [Action] = [], conversion: [Rate] = []) {
        self.funding = Self.sorted(funding, by: \.time)
        self.actions = Self.sorted(actions, by: \.time)
        self.conversion = Self.sorted(conversion, by: \.availableTime)
    }

    private static func sorted<Event>(_ events: [Event], by time: KeyPath<Event, UnixNanos>) -> [Event] {
        events.enumerated().sorted { left, right in
            let (first, second) = (left.element[keyPath: time], right.element[keyPath: time])
            return first == second ? left.offset < right.offset : first < second
        }
        .map(\.element)
    }
}
