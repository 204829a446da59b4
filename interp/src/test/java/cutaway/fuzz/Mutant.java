package cutaway.fuzz;

/// A file that was damaged on purpose.
///
/// @param kind what was done to it, such as `count: extreme`
/// @param structural whether that hit a header, a length, an offset, a type or a string; else it is random bytes
record Mutant(String kind, boolean structural, byte[] bytes) {}
