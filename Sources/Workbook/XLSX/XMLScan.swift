internal import Foundation
internal import FoundationXML
import Primitives

/// One pass over an XML document; element names come without their prefix.
protocol XMLScanHandler: AnyObject {
    func start(_ element: String, _ attributes: [String: String]) throws
    func text(_ text: String) throws
    func end(_ element: String) throws
}

enum XMLScan {
    /// - Throws: `ApusError` `xlsx.xml` naming file, entry and line; or what the handler throws.
    static func run(_ bytes: [UInt8], file: String, entry: String, handler: any XMLScanHandler) throws {
        func failure(_ message: String, line: Int, reason: String? = nil) -> ApusError {
            guard let reason else {
                return ApusError("xlsx.xml", message, context: ["file": file, "entry": entry, "line": "\(line)"])
            }
            return ApusError("xlsx.xml", message, context: ["file": file, "entry": entry, "line": "\(line)", "reason": reason])
        }
        // XMLParser traps on names that are not UTF-8, so it never sees any. XML has no NUL character either.
        guard String(validating: bytes, as: UTF8.self) != nil, ByteSearch.first(0, in: bytes) == nil else {
            throw failure("the part is not UTF-8", line: 1)
        }
        // Entities could expand without bound, and no spreadsheet part declares any.
        guard !declaresDocumentType(bytes) else { throw failure("a spreadsheet part must not declare a document type", line: 1) }
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        let delegate = ScanDelegate(handler)
        parser.delegate = delegate
        let whole = parser.parse()
        if let error = delegate.failure {
            if let error = error as? XMLScanError { throw failure(error.message, line: delegate.line) }
            throw error
        }
        // XMLParser goes on after errors of structure and may even return true; the first error decides.
        if let code = delegate.errorCode ?? (parser.parserError as NSError?)?.code {
            throw failure("malformed XML", line: max(delegate.line, 1), reason: "libxml2 error \(code)")
        }
        guard whole, delegate.sawRoot, delegate.depth == 0 else {
            throw failure("malformed XML: it has no whole element", line: max(parser.lineNumber, 1))
        }
    }
}

extension XMLScan {
    /// Whether `<!DOCTYPE` stands before the root element; anywhere else it is malformed, and the parser says so.
    private static func declaresDocumentType(_ bytes: [UInt8]) -> Bool {
        var position = 0
        while let open = ByteSearch.first(UInt8(ascii: "<"), in: bytes, from: position) {
            let rest = bytes[(open + 1)...].prefix(8)
            let ending: String
            if rest.starts(with: "!--".utf8) {
                ending = "-->"
            } else if rest.first == UInt8(ascii: "?") {
                ending = "?>"
            } else {
                return rest.first == UInt8(ascii: "!")
            }
            guard let end = ByteSearch.first(ending, in: bytes, from: open + 2) else { return false }
            position = end + ending.utf8.count
        }
        return false
    }
}

/// What a handler throws where a document is well-formed and wrong; the scan adds the place.
struct XMLScanError: Error {
    let message: String
}

private final class ScanDelegate: NSObject, XMLParserDelegate {
    private let handler: any XMLScanHandler
    private(set) var failure: (any Error)?
    private(set) var line = 0
    private(set) var sawRoot = false
    private(set) var errorCode: Int?
    /// Elements that are open.
    private(set) var depth = 0

    init(_ handler: any XMLScanHandler) { self.handler = handler }

    private func attempt(_ parser: XMLParser, _ body: () throws -> Void) {
        guard failure == nil, errorCode == nil else { return }
        do { try body() } catch {
            failure = error
            line = parser.lineNumber
            parser.abortParsing()
        }
    }

    private static func localName(_ name: String) -> String {
        guard let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) else { return name }
        return String(name[name.utf8.index(after: colon)...])
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        sawRoot = true
        depth += 1
        attempt(parser) { try handler.start(Self.localName(name), attributes) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        attempt(parser) { try handler.text(string) }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        attempt(parser) { try handler.text(String(decoding: block, as: UTF8.self)) }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        depth -= 1
        attempt(parser) { try handler.end(Self.localName(name)) }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        guard errorCode == nil, failure == nil else { return }
        errorCode = (parseError as NSError).code
        line = parser.lineNumber
    }
}
