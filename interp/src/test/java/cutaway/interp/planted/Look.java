package cutaway.interp.planted;

/// Where the queries of a planted head look. A score is of one pair of query and key, in nats; keys without one have
/// the score 0.
sealed interface Look {

    /// At the position before, with all weight; the first position looks at itself.
    record Previous() implements Look {}

    /// At keys whose code in one space is that of the query in another.
    record Match(Space query, Space key, double score) implements Look {}

    /// From a token of one kind at those of another; other queries look everywhere alike.
    record Kinds(int query, int key, double score) implements Look {}
}
