import Primitives
import Statistics

/// The charts of a feature's page.
enum FeatureCharts {
    static func values(_ model: FeatureModel) -> HTML {
        let study = model.study
        guard !model.sample.isEmpty else { return Panel.section("Values", wide: true, Panel.empty("There are no values yet.")) }
        let curve = Curve(study.values)
        let scale = Scale(curve.values)
        var plot = Plot(
            title: "Values over time",
            description: "From \(Format.significant(model.sample.min())) to \(Format.significant(model.sample.max())).")
        plot.height = "19rem"
        plot.addTimeGrid(TimeAxis(study.labels), labels: true)
        plot.addGrid(scale) { axis($0, scale) }
        plot.addLine(curve.xs, curve.values, scale, style: "strategy")
        var hover = HoverData(
            xs: curve.xs,
            labels: curve.kept.map {
                "\(model.label(study.labels[$0])), known \(Format.date(study.availableAt[$0], withTime: true))"
            })
        hover.series = [(study.definition.id, "number", curve.values)]
        let note =
            curve.kept.count < study.values.count
            ? "\(Format.fixed(Double(study.values.count), 0)) values, drawn by their extremes" : "by the time they belong to"
        return Panel.section("Values", note: note, wide: true, "<div class=\"hovers\">\(plot.html)\(hover.html)</div>")
    }

    static func histogram(_ model: FeatureModel) -> HTML {
        let sample = model.sample
        // A few wild values shall not press all others into one bin.
        let range =
            sample.count < 1_000
            ? nil : Distribution.quantiles(sample, [0.001, 0.999]).flatMap { $0[0] < $0[1] ? $0[0]...$0[1] : nil }
        let bins = sample.count < 20 ? 11 : (sample.count < 200 ? 25 : 41)
        guard let histogram = Distribution.histogram(sample, bins: bins, range: range), let low = histogram.edges.first,
            let high = histogram.edges.last
        else { return Panel.section("Distribution", Panel.empty("There are no values yet.")) }
        let scale = Scale(histogram.counts.map(Double.init), including: [0], count: 4)
        let across = Scale([low, high], including: [low, high], count: 6)
        let inside = histogram.counts.reduce(0, +)
        var plot = Plot(
            title: "Distribution of the values",
            description: "\(inside) values in \(bins) bins from \(Format.significant(low)) to \(Format.significant(high)).")
        plot.yLabelWidth = "3rem"
        plot.addGrid(scale) { Format.fixed($0, Format.decimals(for: scale.step)) }
        for tick in across.ticks { plot.xLabels.append(.init(position: across.position(tick), label: axis(tick, across))) }
        for (index, count) in histogram.counts.enumerated() where count > 0 {
            let (left, right) = (histogram.edges[index], histogram.edges[index + 1])
            plot.addBar(
                from: across.position(left), to: across.position(right), 0, scale.position(Double(count)), style: "bar b",
                tip: "\(Format.significant(left)) to \(Format.significant(right)): \(count)")
        }
        let outside = sample.count - inside
        let note = outside == 0 ? "all values" : "\(outside) values beyond the 0.1% and 99.9% quantiles are not drawn"
        return Panel.section("Distribution", note: note, plot.html)
    }

    static func autocorrelation(_ model: FeatureModel) -> HTML {
        let values = model.autocorrelation
        guard !values.isEmpty else {
            return Panel.section("Autocorrelation", Panel.empty("Too few values, or all of them are the same."))
        }
        let band = 1.96 / Double(model.sample.count).squareRoot()
        let slots = values.enumerated().map { index, value in
            Slot(
                name: "\(index + 1)", value: value, tip: "lag \(index + 1): \(Format.fixed(value, 4))",
                isLabelled: index == 0 || (index + 1) % 5 == 0, band: band)
        }
        return Panel.section(
            "Autocorrelation", note: "by lag in rows; dashed: 1.96 / \u{221A}n = \(Format.fixed(band, 3))",
            bars(slots, title: "Autocorrelation", description: "Lags 1 to \(values.count)."))
    }

    static func coefficients(_ model: FeatureModel) -> HTML {
        guard let market = model.study.market else {
            return Panel.section(
                "Information coefficient", Panel.empty("No instrument goes with the feature; name one with --instrument."))
        }
        let note = "rank correlation with the return of \(market.instrument) over the next bars"
        guard model.coefficients.contains(where: { $0.value != nil }) else {
            return Panel.section(
                "Information coefficient", note: note, Panel.empty("No bar has both a known value and a return."))
        }
        let slots = model.coefficients.map { item in
            Slot(
                name: "\(item.horizon)", value: item.value ?? .nan,
                tip: "\(item.horizon) bars: \(Format.fixed(item.value, 4)) of \(item.pairs) pairs", isLabelled: true,
                band: item.band)
        }
        let rows = model.coefficients.map { item in
            "<td class=\"l\">\(item.horizon)</td><td>\(Format.fixed(item.value, 4, signed: true))</td>"
                + "<td>\(Format.fixed(item.band, 4))</td><td>\(Format.fixed(Double(item.pairs), 0))</td>" as HTML
        }
        let table = Panel.table(
            head: Panel.head(["bars ahead", "coefficient", "1.96 s.e.", "pairs"]), rows: rows, label: "Information coefficients")
        let chart = bars(slots, title: "Information coefficient by horizon", description: "Horizons in bars of the instrument.")
        return Panel.section("Information coefficient", note: note, chart + table)
    }

    // MARK: - Bars around zero

    private struct Slot {
        let name: String
        let value: Double
        let tip: String
        let isLabelled: Bool
        /// Half the height of the dashed band; nil for none.
        let band: Double?
    }

    private static func bars(_ slots: [Slot], title: String, description: String) -> HTML {
        let scale = Scale(slots.map(\.value) + slots.flatMap { [$0.band ?? 0, -($0.band ?? 0)] }, including: [0], count: 4)
        var plot = Plot(title: title, description: description)
        plot.height = "11rem"
        plot.addGrid(scale) { Format.fixed($0, Format.decimals(for: scale.step)) }
        let width = 1 / Double(slots.count)
        for (index, slot) in slots.enumerated() {
            let left = Double(index) * width
            if slot.value.isFinite {
                plot.addBar(
                    from: left + width * 0.15, to: left + width * 0.85, scale.position(0), scale.position(slot.value),
                    style: slot.value < 0 ? "bar n" : "bar p", tip: slot.tip)
            }
            for level in slot.band.map({ [$0, -$0] }) ?? [] {
                let y = Plot.y(scale.position(level))
                plot.marks += HTML(
                    trusted: "<path class=\"mean\" d=\"M\(Plot.x(left)) \(y)H\(Plot.x(left + width))\" />")
            }
            if slot.isLabelled { plot.xLabels.append(.init(position: left + width / 2, label: slot.name)) }
        }
        return plot.html
    }

    private static func axis(_ value: Double, _ scale: Scale) -> String {
        let largest = max(abs(scale.low), abs(scale.high))
        if largest >= 1e4 { return Format.compact(value, largest: largest, step: scale.step) }
        return largest < 1e-3 ? Format.significant(value) : Format.fixed(value, Format.decimals(for: scale.step))
    }
}
