import Contracts
import Primitives
import Statistics

/// Monthly heat map and yearly bars.
enum ReturnPanels {
    static func monthly(_ model: TearSheetModel) -> HTML {
        let months = Performance.monthlyReturns(dates: model.dates, returns: model.dailyReturns)
        let years = Performance.yearlyReturns(dates: model.dates, returns: model.dailyReturns)
        guard !months.isEmpty else { return Panel.section("Monthly returns", wide: true, Panel.empty("The run has no days.")) }
        // Full colour at the 95th percentile of the sizes, so that one wild month does not bleach the others.
        let full = max(Distribution.quantile(months.map { abs($0.value) }, 0.95) ?? 0, 0.0001)
        var byYear: [Int: [CalendarReturn]] = [:]
        for month in months { byYear[month.year, default: []].append(month) }
        let rows = years.map { year -> HTML in
            let cells = (1...12).map { month -> HTML in
                guard let entry = byYear[year.year]?.first(where: { $0.month == month }) else { return "<td class=\"h\"></td>" }
                return cell(entry.value, full: full, name: "\(Format.months[month - 1]) \(year.year)")
            }
            let total = Panel.signed(Format.fixed(year.value * 100, 1, signed: true), year.value)
            return "<th class=\"l\" scope=\"row\">\(String(year.year))</th>\(cells.joined())\(total)"
        }
        let table = Panel.table(
            head: Panel.head([""] + Format.months + ["Year"]), rows: rows, style: "heat", label: "Monthly returns in percent")
        return Panel.section("Monthly returns", note: "percent, compounded from daily returns", wide: true, table)
    }

    private static func cell(_ value: Double, full: Double, name: String) -> HTML {
        let strength = HTML(trusted: Plot.number(min(1, abs(value) / full) * 0.8))
        let tone: HTML = value < 0 ? "n" : "p"
        let tip = "\(name): \(Format.percent(value, 2, signed: true))"
        return "<td class=\"h \(tone)\" style=\"--a:\(strength)\" title=\"\(tip)\">\(Format.fixed(value * 100, 1))</td>"
    }

    static func yearly(_ model: TearSheetModel) -> HTML {
        let years = Performance.yearlyReturns(dates: model.dates, returns: model.dailyReturns)
        guard !years.isEmpty else { return Panel.section("Yearly returns", Panel.empty("The run has no days.")) }
        let other = benchmarkYears(model)
        let scale = Scale(years.map(\.value) + years.compactMap { other[$0.year] }, including: [0])
        var plot = Plot(
            title: "Yearly returns",
            description: years.map { "\($0.year): \(Format.percent($0.value, 1))" }.joined(separator: ", ") + ".")
        plot.addGrid(scale) { Format.axisPercent($0, step: scale.step) }
        let zero = scale.position(0)
        let slot = 1 / Double(years.count)
        let width = min(slot * 0.7, 0.12) / (other.isEmpty ? 1 : 2)
        let skip = (years.count + 11) / 12
        for (index, year) in years.enumerated() {
            let middle = (Double(index) + 0.5) * slot
            let left = other.isEmpty ? middle - width / 2 : middle - width
            let tip = "\(year.year): \(Format.percent(year.value, 2, signed: true))"
            plot.addBar(
                from: left, to: left + width, zero, scale.position(year.value), style: year.value < 0 ? "bar n" : "bar p", tip: tip)
            if let value = other[year.year] {
                let tip = "\(model.benchmark?.name ?? "") \(year.year): \(Format.percent(value, 2, signed: true))"
                plot.addBar(from: middle, to: middle + width, zero, scale.position(value), style: "bar b", tip: tip)
            }
            if index % skip == 0 { plot.xLabels.append(.init(position: middle, label: String(year.year))) }
        }
        let legend: HTML? = other.isEmpty ? nil : """
            <div class="legend"><span class="key boxp">gain</span><span class="key boxn">loss</span>\
            <span class="key boxb">\(model.benchmark?.name ?? "")</span></div>
            """
        return Panel.section("Yearly returns", note: "first and last year may be partial", "\(legend)\(plot.html)")
    }

    private static func benchmarkYears(_ model: TearSheetModel) -> [Int: Double] {
        guard let benchmark = model.benchmark else { return [:] }
        let wealth = benchmark.wealth(on: model.dates, capital: 1)
        var years: [Int: Double] = [:]
        var previous = wealth.first(where: \.isFinite) ?? .nan
        for (index, value) in wealth.enumerated() where value.isFinite {
            let isLast = index + 1 == wealth.count || model.dates[index + 1].year != model.dates[index].year
            if isLast {
                years[model.dates[index].year] = value / previous - 1
                previous = value
            }
        }
        return years
    }
}
