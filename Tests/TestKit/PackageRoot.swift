/// Where the package lies on this machine. Tests never use the working directory.
public enum PackageRoot {
    /// Absolute path of the folder that holds Package.swift.
    public static let path: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(3)  // Tests/TestKit/PackageRoot.swift
        return "/" + parts.joined(separator: "/")
    }()

    /// The absolute path of `relative` inside the package.
    public static func appending(_ relative: String) -> String { path + "/" + relative }
}
