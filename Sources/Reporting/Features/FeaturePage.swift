import Primitives
import Statistics

/// One self-contained HTML page about one feature: no network, no fonts, no files beside it.
///
/// The markup is well-formed XML too. The same input gives the same bytes; long series are thinned to 2,000 points that keep
/// every extreme. What it shows is descriptive and uses the whole history: nothing on it may decide a trade.
public enum FeaturePage {
    public static func html(_ study: FeatureStudy) -> String {
        let model = FeatureModel(study)
        let body: HTML = """
            \(header(model))<main>
            \(cards(model))<div class="grid">
            \(definition(model))\(FeatureCharts.values(model))\
            \(FeatureCharts.histogram(model))\(moments(model))\(FeatureCharts.coefficients(model))\
            \(FeatureCharts.autocorrelation(model))\(stationarity(model))\(provenance(model))</div>
            </main>
            <footer>Times are UTC. A row is labelled by the time that it belongs to and can be used from the time it became \
            known. \(Format.undefined) marks what is not defined. These figures look at the whole history: they describe, and \
            none of them was known at the time.</footer>

            """
        return Page.html(title: study.definition.id, body: body)
    }

    private static func header(_ model: FeatureModel) -> HTML {
        let study = model.study
        var facts = [study.definition.name]
        if let first = study.labels.first, let last = study.labels.last {
            facts.append("\(model.label(first)) to \(model.label(last))")
        }
        facts.append("\(Format.fixed(Double(study.values.count), 0)) rows")
        let hash = study.definition.specHash
        return """
            <header><div><h1>\(study.definition.id)</h1><p>\(facts.joined(separator: " \u{00B7} "))</p>\
            <p class="chips"><span class="chip">transform <code>\(study.definition.transform)</code></span>\
            <span class="chip">spec <code tabindex="0" data-tip="spec \(hash)">\(String(hash.prefix(12)))</code></span></p></div>\
            \(Page.themeButton)</header>

            """
    }

    private static func cards(_ model: FeatureModel) -> HTML {
        let strongest = model.coefficients.filter { $0.value != nil }.max { abs($0.value ?? 0) < abs($1.value ?? 0) }
        let test = model.dickeyFuller
        let last = model.study.values.indices.last { model.study.values[$0].isFinite }
        return """
            <div class="cards">\
            \(card("Last value", Format.significant(last.map { model.study.values[$0] }),
                last.map { "known \(Format.date(model.study.availableAt[$0], withTime: true))" } ?? ""))\
            \(card("Mean", Format.significant(Distribution.mean(model.sample)),
                "\u{00B1} \(Format.significant(Distribution.standardDeviation(model.sample)))"))\
            \(card("Missing", Format.percent(model.missingShare), "of the rows after the warm-up"))\
            \(card("Warm-up", Format.fixed(Double(model.warmUp), 0), "rows; \(model.study.definition.warmUp.map { "\($0) declared" } ?? "the data decide")"))\
            \(card("Dickey-Fuller t", Format.fixed(test?.statistic, 2), "p = \(Format.fixed(test?.pValue, 4))"))\
            \(card("Strongest IC", Format.fixed(strongest?.value, 3, signed: true),
                strongest.map { "over \($0.horizon) \($0.horizon == 1 ? "bar" : "bars")" } ?? ""))</div>

            """
    }

    private static func card(_ name: String, _ value: String, _ below: String) -> HTML {
        "<div class=\"card\"><div class=\"k\">\(name)</div><div class=\"v\">\(value)</div><div class=\"s\">\(below)</div></div>"
    }

    private static func definition(_ model: FeatureModel) -> HTML {
        let definition = model.study.definition
        let parameters = definition.parameters.sorted { $0.key < $1.key }.map { key, value in
            "\(key) = \(value.stringValue ?? (try? CanonicalJSON.text(value)) ?? Format.undefined)"
        }
        var lines = [
            ("Formula", definition.formula), ("Units", definition.units.isEmpty ? Format.undefined : definition.units),
            ("Parameters", parameters.isEmpty ? "none" : parameters.joined(separator: ", ")),
            ("Source", definition.source), ("Family", definition.family),
            ("Warm-up", definition.warmUp.map { "\($0) rows" } ?? "depends on the data"),
            ("Missing input", definition.missingPolicy),
        ]
        if !definition.finish.isEmpty { lines.append(("Then", definition.finish.joined(separator: ", "))) }
        lines += model.study.inputs.map { ("Input \($0.name)", $0.availability) }
        return Panel.section("Definition", wide: true, tree(lines.map { ($0.0, "\($0.1)" as HTML) }))
    }

    private static func moments(_ model: FeatureModel) -> HTML {
        let sample = model.sample
        let quantiles = Distribution.quantiles(sample, [0, 0.01, 0.05, 0.5, 0.95, 0.99, 1])
        let names = ["Smallest", "1% quantile", "5% quantile", "Median", "95% quantile", "99% quantile", "Largest"]
        var lines: [(String, String)] = [
            ("Values", Format.fixed(Double(sample.count), 0)), ("Mean", Format.significant(Distribution.mean(sample))),
            ("Standard deviation", Format.significant(Distribution.standardDeviation(sample))),
            ("Skewness", Format.fixed(Distribution.skewness(sample), 3)),
            ("Excess kurtosis", Format.fixed(Distribution.kurtosis(sample), 3)),
        ]
        for (index, name) in names.enumerated() { lines.append((name, Format.significant(quantiles?[index]))) }
        return Panel.section("Moments", note: "of the values that are finite", tree(lines.map { ($0.0, "\($0.1)" as HTML) }))
    }

    private static func stationarity(_ model: FeatureModel) -> HTML {
        guard let test = model.dickeyFuller else {
            return Panel.section("Stationarity", Panel.empty("Too few values, or all of them are the same."))
        }
        let verdict =
            test.pValue < 0.05 ? "stationary: a unit root is rejected at 5%" : "a unit root is not rejected at 5%"
        let lines = [
            ("Augmented Dickey-Fuller t", Format.fixed(test.statistic, 4)), ("p-value", Format.fixed(test.pValue, 6)),
            ("Lags", "\(test.lags)"), ("Observations", Format.fixed(Double(test.observations), 0)), ("Verdict", verdict),
        ]
        return Panel.section(
            "Stationarity",
            note: "with a constant, at most the last \(Format.fixed(Double(FeatureModel.testedValues), 0)) values",
            tree(lines.map { ($0.0, "\($0.1)" as HTML) }))
    }

    private static func provenance(_ model: FeatureModel) -> HTML {
        let lines = model.study.files.map { file -> (String, HTML) in
            let short = String(file.sha256.prefix(12))
            return (
                "\(file.role): \(file.path)",
                "<code class=\"digest\" tabindex=\"0\" data-tip=\"sha256 \(file.sha256)\">\(short)</code>"
            )
        }
        return Panel.section("Provenance", note: "hover a digest for all of it", tree(lines))
    }

    private static func tree(_ lines: [(String, HTML)]) -> HTML {
        let leaves = lines.map { name, value in
            "<div class=\"leaf\"><span class=\"key-name\">\(name)</span><span class=\"value\">\(value)</span></div>" as HTML
        }
        return "<div class=\"tree\">\(leaves.joined())</div>"
    }
}
