import Features
import Primitives
import Testing

/// The audit of outputs whose rows become known in any order, as labels do at their ends.
struct AuditOfLabelsTests {
    private static let rows = 400

    private static let input: AuditInput = {
        var random = SeededGenerator(seed: 5)
        let times = (0..<rows).map { UnixNanos(Int64($0 + 1) * UnixNanos.perMinute) }
        return AuditInput(
            name: "prices",
            rows: FeatureRows(labels: times, availableAt: times, columns: [(0..<rows).map { _ in 100 + random.nextUnit() }]))
    }()

    /// The price some rows ahead less the row's own: most rows look 5 ahead, every fourth one 40.
    private func subject(
        claims: @escaping (_ horizon: Int) -> Int = { $0 }, guesses: Bool = false, readsExtra: Int = 0
    ) -> AuditSubject {
        AuditSubject(id: "label", inputs: [Self.input], isReadInOrder: false) { inputs in
            let rows = inputs[0].rows
            let prices = rows.columns[0]
            var values: [Double] = []
            var known: [UnixNanos] = []
            for row in 0..<rows.count {
                let horizon = row % 4 == 0 ? 40 : 5
                let end = row + horizon
                let last = guesses ? min(end, rows.count - 1) : end
                let isKnown = last < rows.count
                values.append(isKnown ? prices[min(rows.count - 1, last + readsExtra)] - prices[row] : .nan)
                known.append(isKnown ? rows.availableAt[guesses ? last : row + claims(horizon)] : UnixNanos(Int64.max))
            }
            return Series(name: "label", labels: rows.labels, values: values, availableAt: known)
        }
    }

    @Test func labelsThatAreKnownAtTheirEndPass() throws {
        #expect(try FeatureAudit.thorough.leaks(of: subject()) == [])
    }

    @Test func oneThatClaimsItsEndTooEarlyIsFound() throws {
        // Only the short ones lie, and among them stand long ones that are not known yet.
        let leaks = try FeatureAudit.thorough.leaks(of: subject(claims: { $0 == 5 ? 3 : $0 }))
        #expect(leaks.count > 40 && leaks.allSatisfy { $0.inputs == ["prices"] })
        #expect(leaks.allSatisfy { $0.claimedAt <= $0.time && $0.rows <= 2 })
    }

    @Test func oneThatReadsBeyondItsEndIsFound() throws {
        let leaks = try FeatureAudit.thorough.leaks(of: subject(readsExtra: 1))
        #expect(leaks.contains { $0.test == .truncated } && leaks.contains { $0.test == .perturbed })
    }

    /// At the end of the data a shorter horizon is no answer.
    @Test func oneThatGuessesIsFound() throws {
        let leaks = try FeatureAudit.thorough.leaks(of: subject(guesses: true))
        #expect(leaks.filter { $0.test == .truncated }.count == 40)
        #expect(leaks.allSatisfy { $0.value == nil && $0.recomputed != nil && $0.rows > 5 })
    }
}
