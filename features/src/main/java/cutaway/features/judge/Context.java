package cutaway.features.judge;

/// Consecutive tokens of a text, run through the model together.
///
/// @param text which text they are from, from 0
/// @param ids the tokens, with what the model's own recipe puts before a text (BOS)
public record Context(int text, int[] ids) {}
