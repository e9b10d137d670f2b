/// What an experienced reader would ask about the run.
enum DoctorPanel {
    static func html(_ report: DoctorReport) -> HTML {
        let note = "\(report.passed) checks found nothing, \(report.notChecked.count) could not be made; `apus doctor` lists them"
        guard !report.findings.isEmpty else {
            return Panel.section("Doctor", note: note, wide: true, Panel.empty("Nothing was found."))
        }
        let rows = report.findings.map { code, finding -> HTML in
            let style: HTML = finding.severity == .error ? "l neg" : "l"
            let places = finding.places.joined(separator: "; ") + (finding.count > finding.places.count ? "; ..." : "")
            return """
                <td class="\(style)">\(finding.severity.rawValue)</td><td class="l">\(Panel.term(code, finding.advice))</td>\
                <td class="l">\(finding.message)</td><td class="l">\(places)</td>
                """
        }
        let head = Panel.head(["", "Check", "Finding", "Where"], textColumns: 4)
        return Panel.section(
            "Doctor", note: note, wide: true, Panel.table(head: head, rows: rows, style: "findings", label: "Doctor"))
    }
}
