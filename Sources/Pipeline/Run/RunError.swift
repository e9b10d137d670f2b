import Contracts
import Features
import Market
import Primitives
import Strategies

/// Gives the errors of pure modules a code and the backtest they stopped.
enum RunError {
    static func wrapping<Value>(backtest: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as FeatureError {
            if case .notAvailable(let feature, let decision, let available) = error {
                throw ApusError(
                    "feature.unavailable", error.description,
                    context: [
                        "backtest": backtest, "feature": feature, "decision_time": decision.description,
                        "available_time": available.description,
                    ])
            }
            throw ApusError("feature.invalid", error.description, context: ["backtest": backtest])
        } catch let error as StrategyError {
            throw ApusError("strategy.invalid", error.description, context: ["backtest": backtest])
        } catch let error as GateExpression.Failure {
            throw ApusError("gate.expression", error.description, context: ["backtest": backtest])
        } catch let error as CalendarError {
            throw ApusError("calendar.coverage", error.description, context: ["backtest": backtest])
        }
    }
}

extension CalendarError {
    /// Names what leaves a calendar, a dataset or a feature.
    static func wrapping<Value>(_ kind: String, _ name: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as CalendarError {
            throw ApusError("calendar.coverage", error.description, context: [kind: name])
        }
    }

    /// Names the row that becomes known when its calendar has ended.
    static func wrapping<Value>(
        row: @autoclosure () -> String, lag: Int, feature: String, dataset: String, file: String, _ body: () throws -> Value
    ) throws -> Value {
        do { return try body() } catch let error as CalendarError {
            throw ApusError(
                "calendar.coverage", "\(error.description), and the row becomes known there",
                context: [
                    "feature": feature, "dataset": dataset, "file": file, "row": row(), "availability_lag_days": "\(lag)",
                ])
        }
    }
}
