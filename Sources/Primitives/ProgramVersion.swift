/// The program's version. It is part of every cache key and manifest, so raise it with every change that can alter a result.
public enum ProgramVersion {
    public static let current = "0.2.0"
}
