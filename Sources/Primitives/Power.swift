internal import Glibc

/// `base` to the power of `exponent`, as the C library's `pow`.
public func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
