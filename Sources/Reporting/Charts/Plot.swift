/// A plotting area: an SVG that stretches with the page, and its labels as HTML, so that text keeps its size on a phone.
///
/// The SVG's view box is 1000 x 100 units without aspect ratio; strokes do not scale. Marks are given as fractions of the width (from
/// the left) and of the height (from the bottom).
struct Plot {
    struct YLabel {
        let position: Double
        let text: String
    }

    let title: String
    let description: String
    /// CSS height.
    var height = "15rem"
    var marks: HTML = ""
    var yLabels: [YLabel] = []
    var xLabels: [TimeAxis.Tick] = []
    var yLabelWidth = "3.6rem"

    init(title: String, description: String) {
        self.title = title
        self.description = description
    }

    /// Grid lines and labels of a value axis; a line at zero is stronger.
    mutating func addGrid(_ scale: Scale, format: (Double) -> String) {
        for tick in scale.ticks {
            let y = Self.y(scale.position(tick))
            marks += HTML(trusted: "<path class=\"\(tick == 0 ? "zero" : "grid")\" d=\"M0 \(y)H1000\" />")
            yLabels.append(YLabel(position: scale.position(tick), text: format(tick)))
        }
    }

    mutating func addTimeGrid(_ axis: TimeAxis, labels: Bool) {
        for tick in axis.ticks { marks += HTML(trusted: "<path class=\"grid\" d=\"M\(Self.x(tick.position)) 0V100\" />") }
        if labels { xLabels = axis.ticks }
    }

    /// A line through the points; a value that is not finite interrupts it. `area` is the level that the area under it is filled to.
    mutating func addLine(_ xs: [Double], _ values: [Double], _ scale: Scale, style: String, area: Double? = nil) {
        var line = ""
        var fill = ""
        var start: String?
        var end = ""
        let floor = area.map { Self.y(scale.position($0)) } ?? ""
        for (x, value) in zip(xs, values) {
            guard value.isFinite else {
                if let open = start { fill += "L\(end) \(floor)L\(open) \(floor)Z" }
                start = nil
                continue
            }
            end = Self.x(x)
            let point = "\(end) \(Self.y(scale.position(value)))"
            line += (start == nil ? "M" : "L") + point
            fill += (start == nil ? "M" : "L") + point
            if start == nil {
                start = end
                // A lone point becomes a dot, through the round ends of a line of no length.
                line += "h0"
            }
        }
        if let open = start { fill += "L\(end) \(floor)L\(open) \(floor)Z" }
        if line.isEmpty { return }
        if area != nil { marks += HTML(trusted: "<path class=\"\(style)-area\" d=\"\(fill)\" />") }
        marks += HTML(trusted: "<path class=\"line \(style)\" d=\"\(line)\" />")
    }

    /// A rectangle with a tool tip.
    mutating func addBar(from left: Double, to right: Double, _ bottom: Double, _ top: Double, style: String, tip: String) {
        let (low, high) = (min(bottom, top), max(bottom, top))
        let geometry = "x=\"\(Self.x(left))\" y=\"\(Self.y(high))\" width=\"\(Self.x(right - left))\" height=\"\(Self.x((high - low) / 10))\""
        marks += HTML(trusted: "<rect class=\"\(style)\" \(geometry)>") + "<title>\(tip)</title></rect>"
    }

    /// A round dot of constant size with a tool tip.
    mutating func addDot(_ x: Double, _ y: Double, style: String, tip: String) {
        marks += HTML(trusted: "<path class=\"dot \(style)\" d=\"M\(Self.x(x)) \(Self.y(y))h0\">") + "<title>\(tip)</title></path>"
    }

    var html: HTML {
        let y = yLabels.map { label in
            let top = HTML(trusted: Self.number((1 - label.position) * 100))
            return "<span class=\"yl\" style=\"top:\(top)%\">\(label.text)</span>" as HTML
        }.joined()
        let x = xLabels.enumerated().map { index, tick in
            let left = HTML(trusted: Self.number(tick.position * 100))
            let style: HTML = index % 2 == 1 ? "xl opt" : "xl"
            return "<span class=\"\(style)\" style=\"left:\(left)%\">\(tick.label)</span>" as HTML
        }.joined()
        return """
            <div class="plotbox\(xLabels.isEmpty ? "" : " hasx")" style="--h:\(height);--yw:\(yLabelWidth)"><div class="plot">
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"><title>\(title)</title><desc>\(description)</desc>
            \(marks)</svg>\(y)\(x)</div></div>
            """
    }

    static func x(_ fraction: Double) -> String { number(fraction * 1000) }
    static func y(_ fraction: Double) -> String { number((1 - fraction) * 100) }

    /// Two decimals, without trailing zeros; far-off values are cut so that a view box stays sane.
    static func number(_ value: Double) -> String {
        let hundredths = Int((min(max(value, -1e6), 1e6) * 100).rounded())
        let size = abs(hundredths)
        let rest = size % 100
        let tail = rest == 0 ? "" : (rest % 10 == 0 ? ".\(rest / 10)" : (rest < 10 ? ".0\(rest)" : ".\(rest)"))
        return (hundredths < 0 ? "-" : "") + String(size / 100) + tail
    }
}
