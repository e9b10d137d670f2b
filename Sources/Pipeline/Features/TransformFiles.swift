public import Features
import Primitives

extension Workspace {
    /// The transforms that features may name: the catalogue's and those that `spec/features/*.yaml` compose.
    /// - Throws: `ApusError` `spec.feature` naming file and key.
    public static func transforms(_ root: String) throws -> TransformLibrary {
        var composed: [TransformDefinition] = []
        var files: [String: String] = [:]
        for file in FilePattern.expand(root + "/spec/features/*.yaml") {
            func failure(_ reason: String) -> ApusError { ApusError("spec.feature", reason, context: ["file": file]) }
            let document: JSONValue
            do { document = try YAML.parse(try FileBytes.readText(file)) } catch let error as YAML.Failure {
                throw failure("\(error)")
            }
            do {
                let transform = try ComposedTransform.parse(document)
                if let other = files[transform.name] { throw failure("\(transform.name) is defined in \(other) too") }
                files[transform.name] = file
                composed.append(transform)
            } catch let error as ComposedTransform.Failure { throw failure("\(error)") }
        }
        return TransformLibrary(composed: composed)
    }
}
