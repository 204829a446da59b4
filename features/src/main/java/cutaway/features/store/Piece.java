package cutaway.features.store;

/// A context: as much of a document as goes through the model together.
///
/// @param document its number, from 0, over the whole text
/// @param ids of its tokens, with what the model's recipe puts before and after a text
record Piece(int document, int[] ids) {}
