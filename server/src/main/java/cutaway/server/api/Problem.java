package cutaway.server.api;

/// What every refused question is answered with.
///
/// @param message one sentence: what was given, what was expected, what to do
public record Problem(String message) {}
