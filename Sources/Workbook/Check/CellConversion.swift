import Contracts
import Market
import Primitives

/// A cell's content as a typed value of its column, or what is wrong with it.
enum CellConversion {
    case value(JSONValue)
    case problem(String, suggestion: String?)

    private static func problem(_ message: String) -> CellConversion { .problem(message, suggestion: nil) }

    static func convert(_ cell: SpreadsheetValue, _ column: WorkbookColumn) -> CellConversion {
        let converted = plain(cell, column)
        guard case .value(let value) = converted, let allowed = column.allowedValues, !allowed.contains(value) else {
            return converted
        }
        if column.name == "enabled" {
            return .problem("enabled rows of this sheet are not supported yet", suggestion: "set enabled to FALSE")
        }
        let shown = allowed.map { $0.boolValue.map { $0 ? "TRUE" : "FALSE" } ?? $0.stringValue ?? "?" }
        return .problem(
            "\(CellForms.text(cell) ?? "the value") is not supported yet",
            suggestion: "write \(shown.joined(separator: " or "))" + (column.isRequired ? "" : " or leave the cell blank"))
    }

    private static func plain(_ cell: SpreadsheetValue, _ column: WorkbookColumn) -> CellConversion {
        switch cell {
        case .error(let word): return problem("the cell holds the error \(word)")
        case .formulaWithoutValue(let formula):
            return .problem(
                "the formula =\(formula.prefix(60)) has no saved value",
                suggestion: "open the workbook in Excel or LibreOffice and save it, or write the value itself")
        default: break
        }
        guard let text = CellForms.text(cell) else { return problem("the cell cannot be read") }
        guard text.contains(where: { !$0.isWhitespace }) else {
            return .problem("the cell holds only spaces", suggestion: "clear it")
        }
        guard column.isSupported || text == "none" else {
            return .problem("\(column.name) is not supported yet", suggestion: "leave the cell blank")
        }
        switch column.kind {
        case .integer, .monthCount, .number, .boolean, .date: return scalar(cell, text, column)
        case .integerList, .choiceList, .textList, .references, .intervalList, .tradeBarList: return list(cell, text, column)
        default: return word(cell, text, column)
        }
    }

    private static func scalar(_ cell: SpreadsheetValue, _ text: String, _ column: WorkbookColumn) -> CellConversion {
        switch column.kind {
        case .boolean: boolean(cell, text)
        case .date: date(cell)
        default: number(cell, text, column)
        }
    }

    private static func boolean(_ cell: SpreadsheetValue, _ text: String) -> CellConversion {
        switch (cell, text.uppercased()) {
        case (.bool(let flag), _): .value(.bool(flag))
        // LibreOffice keeps a word picked from a drop-down list as text, and some programs write booleans as numbers.
        case (.text, "TRUE"), (.number, "1"): .value(.bool(true))
        case (.text, "FALSE"), (.number, "0"): .value(.bool(false))
        default: problem("TRUE or FALSE is expected, the cell holds \(cell.kindName): \(text.prefix(40))")
        }
    }

    private static func date(_ cell: SpreadsheetValue) -> CellConversion {
        switch cell {
        case .dateTime(let value):
            guard let date = value.date else { return problem("a date without a time of day is expected") }
            return .value(.string(date.description))
        case .text(let text):
            guard CivilDate(text) != nil else {
                return problem("a date is expected, as a date cell or as YYYY-MM-DD; the cell holds \"\(text.prefix(40))\"")
            }
            return .value(.string(text))
        case .number: return .problem("a date is expected, the cell holds a number", suggestion: "format the cell as a date")
        default: return problem("a date is expected, the cell holds \(cell.kindName)")
        }
    }

    private static func number(_ cell: SpreadsheetValue, _ text: String, _ column: WorkbookColumn) -> CellConversion {
        let wanted = column.kind == .number ? "a number" : "a whole number"
        guard case .number(let number) = cell else {
            let isWritten = Double(text.trimmedXMLSpace) != nil
            return .problem(
                "\(wanted) is expected, the cell holds \(cell.kindName)" + (isWritten ? "" : ": \(text.prefix(40))"),
                suggestion: isWritten ? "type it as a number, not as text" : nil)
        }
        if let range = column.range, !range.contains(number) {
            return problem("\(text) is out of range: \(range.words(of: column.name))")
        }
        if column.kind == .number { return .value(.double(number == 0 ? 0 : number)) }
        guard let whole = Int64(exactly: number) else { return problem("a whole number is expected, the cell holds \(text)") }
        return .value(.int(whole))
    }

    private static func list(_ cell: SpreadsheetValue, _ text: String, _ column: WorkbookColumn) -> CellConversion {
        if case .dateTime = cell {
            return problem("a list is expected, the cell holds a date; put an apostrophe before the text")
        }
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmedXMLSpace }
        var values: [JSONValue] = []
        var seen: Set<String> = []
        for item in items {
            guard !item.isEmpty else { return problem("the list has an empty item; items are separated by one comma") }
            guard seen.insert(item).inserted else { return problem("\"\(item)\" occurs twice in the list") }
            switch listItem(item, column) {
            case .value(let value): values.append(value)
            case .problem(let message, let suggestion): return .problem(message, suggestion: suggestion)
            }
        }
        return .value(.array(values))
    }

    private static func listItem(_ item: String, _ column: WorkbookColumn) -> CellConversion {
        switch column.kind {
        case .integerList:
            guard let number = Int64(item) else { return problem("\"\(item)\" is not a whole number") }
            if let range = column.range, !range.contains(Double(number)) {
                return problem("\(item) is out of range: \(range.words(of: column.name))")
            }
            return .value(.int(number))
        case .choiceList(let words):
            guard words.contains(item) else { return unknownWord(item, words) }
        case .intervalList:
            if let wrong = intervalProblem(item) { return wrong }
        case .tradeBarList:
            if let wrong = tradeBarProblem(item) { return wrong }
        default: break
        }
        return .value(.string(item))
    }

    private static func unknownWord(_ word: String, _ words: [String]) -> CellConversion {
        .problem(
            words.count > 20
                ? "\"\(word.prefix(60))\" is not one of the \(words.count) names that are known here"
                : "\"\(word.prefix(60))\" is not one of \(words.joined(separator: ", "))",
            suggestion: Suggestion.text(word, among: words))
    }

    private static func tradeBarProblem(_ text: String) -> CellConversion? {
        guard TradeBarRule(text) == nil else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).trimmedXMLSpace }
        let kinds = TradeBarRule.Kind.allCases.map(\.rawValue)
        guard parts.count == 2, kinds.contains(parts[0]) else { return unknownWord(parts[0], kinds) }
        return problem("\"\(text.prefix(60))\" does not end in a whole number from 1 to 1e15, as \(parts[0]):1000 does")
    }

    /// One length has one spelling, so that tables are named one way only.
    private static func intervalProblem(_ text: String) -> CellConversion? {
        guard let interval = BarInterval(text) else {
            return problem("\"\(text.prefix(60))\" is not a bar length such as 1m: a divisor of a day from 1s to 1d")
        }
        guard interval.description != text else { return nil }
        return .problem("\"\(text.prefix(60))\" has a shorter spelling", suggestion: "write \(interval)")
    }

    private static func word(_ cell: SpreadsheetValue, _ text: String, _ column: WorkbookColumn) -> CellConversion {
        switch column.kind {
        case .identifier:
            guard WorkbookIdentifier.isValid(text) else {
                return problem("\"\(text.prefix(60))\" is not an id: a letter, then letters, digits, _ . - without spaces")
            }
        case .choice(let words):
            guard words.contains(text) else { return unknownWord(text, words) }
        case .jsonObject: return json(text)
        case .riskRules: return riskRules(text)
        case .datasetReference:
            guard let parts = CellForms.datasetReference(text) else {
                return problem("\"\(text.prefix(60))\" is not DATASET or DATASET:table:SESSION such as ES_TRADES:bars_1m:FULL")
            }
            guard parts.description == text else {
                return .problem("\"\(text.prefix(60))\" has a shorter spelling", suggestion: "write \(parts)")
            }
        case .gateExpression:
            do throws(GateExpression.Failure) { _ = try GateExpression.parse(text) } catch {
                return problem("the expression is malformed: \(error.reason) at character \(error.column)")
            }
        case .knownTimeRule:
            guard let calendar = KnownTimeRule(text)?.calendar ?? TimedRule(text)?.calendar else {
                return problem(
                    "\"\(text.prefix(60))\" is not session_close@CALENDAR, session_open@CALENDAR or HH:MM@CALENDAR, and for a "
                        + "timed_series not \(TimedRule.forms)")
            }
            guard WorkbookSchema.calendars.contains(calendar) else { return unknownWord(calendar, WorkbookSchema.calendars) }
        case .missingPolicy:
            guard MissingPolicy(text) != nil else {
                return .problem(
                    "\"\(text.prefix(60))\" is not \(MissingPolicy.forms)",
                    suggestion: Suggestion.text(text, among: ["error", "drop", "ffill", "zero"]))
            }
        case .featureFinish:
            guard text == "none" || FeatureFinish(text, column: column.name) != nil else {
                return problem("\"\(text.prefix(60))\" is not \(FeatureFinish.forms(of: column.name))")
            }
        case .age:
            guard DataAge(text) != nil else { return problem("\"\(text.prefix(60))\" is not \(DataAge.forms)") }
        case .executionTime:
            guard ExecutionTime(text) != nil else {
                return .problem(
                    "\"\(text.prefix(60))\" is not next_open, same_close, next_close or HH:MM",
                    suggestion: Suggestion.text(text, among: CellForms.executionWords))
            }
        case .barFrequency where ["1w", "1mo", "trade", "quote", TimedSeriesSpec.irregular].contains(text): break
        case .interval, .barFrequency:
            if let wrong = intervalProblem(text) { return wrong }
        default: break
        }
        return .value(.string(text))
    }

    private static func riskRules(_ text: String) -> CellConversion {
        json(text) { value in
            let example = "[{\"type\": \"StopLoss\", \"pct\": 0.02}]"
            guard value.arrayValue?.isEmpty == false else {
                return problem("a JSON list of rules is expected, such as \(example)")
            }
            do {
                _ = try [RiskRuleSpec](json: value, at: "rules")
                return .value(value)
            } catch {
                let known = error as? ApusError
                let place = known?.context.first { $0.key == "key" }?.value
                return problem("\(place.map { "\($0): " } ?? "")\(known?.message ?? "\(error)")")
            }
        }
    }

    private static func json(_ text: String) -> CellConversion {
        json(text) { value in
            guard case .object = value else { return problem("a JSON object in braces is expected, such as {\"window\": 20}") }
            return .value(value)
        }
    }

    private static func json(_ text: String, _ convert: (JSONValue) -> CellConversion) -> CellConversion {
        do {
            return convert(try JSONParser.parse(text))
        } catch let failure as JSONParser.Failure {
            let curly = text.unicodeScalars.contains { ["\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}", "'"].contains($0) }
            return .problem(
                "the JSON is malformed: \(failure.reason) at character \(failure.offset + 1)",
                suggestion: curly ? "use straight double quotes" : nil)
        } catch {
            return problem("the JSON is malformed: \(error)")
        }
    }
}
