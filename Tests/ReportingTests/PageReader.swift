import Foundation
import FoundationXML
import Testing

/// The page as an XML parser sees it.
final class PageReader: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    private(set) var text = ""
    private(set) var addresses: [String] = []
    private(set) var handlers: [String] = []
    private(set) var failure: String?

    init(_ page: String) {
        super.init()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = self
        if !parser.parse() { failure = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        elements[name, default: 0] += 1
        for key in attributes.keys.sorted() {
            if ["src", "href", "action", "data", "poster", "srcset"].contains(key) { addresses.append(attributes[key] ?? "") }
            if key.hasPrefix("on") { handlers.append(key) }
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

/// The page is well-formed, stands alone and shows no broken number.
func expectSound(_ page: String, _ name: String) -> PageReader {
    let reader = PageReader(page)
    #expect(reader.failure == nil, "\(name): \(reader.failure ?? "")")
    for scheme in ["http://", "https://", "file:", "@import", "url("] { #expect(!page.contains(scheme), "\(name) has \(scheme)") }
    #expect(reader.elements["script"] ?? 0 >= 1)
    for element in ["link", "img", "iframe", "object", "embed"] {
        #expect(reader.elements[element] == nil, "\(name) has <\(element)>")
    }
    #expect(reader.handlers.isEmpty)
    for bad in ["NaN", "nan%", "inf", "Optional("] { #expect(!reader.text.contains(" \(bad)"), "\(name) shows \(bad)") }
    return reader
}
