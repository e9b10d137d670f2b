/// A small line without axes.
enum Sparkline {
    static func html(_ values: [Double], title: String) -> HTML {
        let indices = Thinning.indices(values, limit: 200)
        let scale = Scale(indices.map { values[$0] })
        var plot = Plot(title: title, description: "Equity from the first to the last bar.")
        let span = Double(max(1, values.count - 1))
        plot.addLine(indices.map { Double($0) / span }, indices.map { values[$0] }, scale, style: "strategy", area: scale.low)
        return """
            <svg class="spark" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"><title>\(title)</title>\(plot.marks)</svg>
            """
    }
}
