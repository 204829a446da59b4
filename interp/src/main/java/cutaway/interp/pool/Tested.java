package cutaway.interp.pool;

/// A pool and what was measured of it.
///
/// @param effect the metric under its edits, less that of the unedited run
record Tested(Pool pool, double effect) {}
