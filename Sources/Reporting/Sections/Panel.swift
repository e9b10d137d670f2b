/// Building blocks of the page.
enum Panel {
    /// A titled box. `note` stands small beside the title and explains what is shown.
    static func section(_ title: String, note: String = "", wide: Bool = false, _ content: HTML) -> HTML {
        let small: HTML? = note.isEmpty ? nil : "<small>\(note)</small>"
        return """
            <section class="panel\(wide ? " wide" : "")"><h2>\(title)\(small)</h2>\(content)</section>

            """
    }

    /// Says why a panel has nothing to show.
    static func empty(_ reason: String) -> HTML { "<p class=\"empty\">\(reason)</p>" }

    /// A table that scrolls inside its own box. `head` and the cells of `rows` are complete `<th>` and `<td>` elements.
    static func table(head: HTML, rows: [HTML], style: HTML = "", label: String) -> HTML {
        """
        <div class="scroll" role="region" tabindex="0" aria-label="\(label)"><table class="\(style)"><thead><tr>\(head)</tr></thead>
        <tbody>\(rows.map { "<tr>\($0)</tr>" as HTML }.joined("\n"))</tbody></table></div>
        """
    }

    /// Header cells; the first `textColumns` are left-aligned.
    static func head(_ names: [String], textColumns: Int = 1) -> HTML {
        names.enumerated().map { index, name in
            (index < textColumns ? "<th class=\"l\" scope=\"col\">\(name)</th>" : "<th scope=\"col\">\(name)</th>") as HTML
        }.joined()
    }

    /// A number cell, coloured by the sign of `value`.
    static func signed(_ text: String, _ value: Double) -> HTML {
        value < 0 ? "<td class=\"neg\">\(text)</td>" : (value > 0 ? "<td class=\"pos\">\(text)</td>" : "<td>\(text)</td>")
    }

    /// A term whose definition appears on hover, focus or tap.
    static func term(_ label: String, _ definition: String) -> HTML {
        "<span class=\"term\" tabindex=\"0\" data-tip=\"\(definition)\">\(label)</span>"
    }
}
