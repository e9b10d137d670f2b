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
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]), !bytes.prefix(4).contains(0) else {
            throw failure("the part is not UTF-8", line: 1)
        }
        // Entities could expand without bound, and no spreadsheet part declares any.
        guard !ByteSearch.contains(bytes, Array("<!DOCTYPE".utf8)) else {
            throw failure("a spreadsheet part must not declare a document type", line: 1)
        }
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        let delegate = ScanDelegate(handler)
        parser.delegate = delegate
        let whole = parser.parse()
        if let error = delegate.failure {
            if let error = error as? XMLScanError { throw failure(error.message, line: delegate.line) }
            throw error
        }
        guard whole, delegate.sawRoot else {
            let code = (parser.parserError as NSError?)?.code
            throw failure(
                "malformed XML", line: max(parser.lineNumber, 1), reason: code.map { "libxml2 error \($0)" } ?? "no element")
        }
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

    init(_ handler: any XMLScanHandler) { self.handler = handler }

    private func attempt(_ parser: XMLParser, _ body: () throws -> Void) {
        guard failure == nil else { return }
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
        attempt(parser) { try handler.start(Self.localName(name), attributes) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        attempt(parser) { try handler.text(string) }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        attempt(parser) { try handler.text(String(decoding: block, as: UTF8.self)) }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        attempt(parser) { try handler.end(Self.localName(name)) }
    }
}
