internal import CMalloc

/// How this process deals with memory that it has freed.
public enum ProcessMemory {
    /// Keeps freed memory for what comes next. Columns of millions of rows come and go; given back to the system each time, a
    /// third of a long run would be page faults.
    public static func keepFreed() {
        mallopt(M_MMAP_THRESHOLD, 1 << 30)
        mallopt(M_TRIM_THRESHOLD, Int32.max)
        mallopt(M_TOP_PAD, 16 << 20)
    }
}
