/// Reads workbook.xml: sheets in tab order and the date epoch.
final class WorkbookScan: XMLScanHandler {
    struct Sheet {
        let name: String
        let relationship: String
        let isHidden: Bool
    }

    private(set) var sheets: [Sheet] = []
    private(set) var uses1904 = false

    func start(_ element: String, _ attributes: [String: String]) throws {
        switch element {
        case "workbookPr": uses1904 = ["1", "true", "on"].contains(attributes["date1904"] ?? "0")
        case "sheet":
            guard let name = attributes["name"], let relationship = attributes["r:id"] ?? attributes.relationshipID else {
                throw XMLScanError(message: "a sheet has no name or no relationship")
            }
            guard !sheets.contains(where: { $0.name == name }) else {
                throw XMLScanError(message: "two sheets are named \"\(name)\"")
            }
            sheets.append(
                Sheet(name: name, relationship: relationship, isHidden: (attributes["state"] ?? "visible") != "visible"))
        default: break
        }
    }

    func text(_ text: String) {}
    func end(_ element: String) {}
}

extension [String: String] {
    /// The attribute `id` under whatever prefix the file binds to the relationships namespace.
    fileprivate var relationshipID: String? { keys.filter { $0.hasSuffix(":id") }.min().flatMap { self[$0] } }
}

/// Reads a .rels part.
final class RelationshipsScan: XMLScanHandler {
    struct Target {
        let id: String
        /// The last part of the relationship's type, such as `worksheet`.
        let type: String
        let target: String
    }

    private(set) var targets: [Target] = []

    func start(_ element: String, _ attributes: [String: String]) {
        guard element == "Relationship", attributes["TargetMode"] != "External", let id = attributes["Id"],
            let target = attributes["Target"]
        else { return }
        let type = attributes["Type"]?.split(separator: "/").last.map(String.init) ?? ""
        targets.append(Target(id: id, type: type, target: target))
    }

    func text(_ text: String) {}
    func end(_ element: String) {}

    /// The entry a target names: absolute, or relative to the folder of the part that has the relationship.
    static func entry(_ target: String, relativeTo folder: String) -> String {
        var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
        for part in target.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
