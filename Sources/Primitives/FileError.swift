internal import Glibc

/// Errors of the file system, with the path and the system's own words.
public enum FileError {
    public static func read(_ path: String, _ number: Int32) -> ApusError {
        make("file.read", "cannot read the file", path, number)
    }
    public static func write(_ path: String, _ number: Int32) -> ApusError {
        make("file.write", "cannot write the file", path, number)
    }

    private static func make(_ code: String, _ message: String, _ path: String, _ number: Int32) -> ApusError {
        ApusError(code, message, context: ["file": path, "reason": String(cString: strerror(number))])
    }
}
