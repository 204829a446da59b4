package cutaway.lab.head;

import java.util.List;

/// What is to come out of a net for one example.
public sealed interface Target {

    /// Numbers, `[instance, n, count]`.
    record Numbers(int count) implements Target {}

    /// Answers that are yes or no, `[instance, n, count]`, 1 or 0.
    record Signs(int count) implements Target {}

    /// One class or several, such as the digits of a sum: `[instance, n, questions]`, int64.
    ///
    /// @param sizes how many classes each question has
    record Classes(List<Integer> sizes) implements Target {
        public Classes {
            sizes = List.copyOf(sizes);
        }
    }

    /// A token at each position, such as the one that follows: `[instance, n, positions]`, int64, and -1 where nothing
    /// is asked.
    record Tokens(int positions, int vocab) implements Target {}

    /// Whether what is to come out is one of several, so that outputs are logits.
    default boolean areClasses() {
        return this instanceof Classes || this instanceof Tokens;
    }

    /// How many outputs a net needs for it, at each position where it asks at all of them.
    default int outputs() {
        return switch (this) {
            case Numbers(int count) -> count;
            case Signs(int count) -> count;
            case Classes(List<Integer> sizes) ->
                sizes.stream().mapToInt(Integer::intValue).sum();
            case Tokens(int _, int vocab) -> vocab;
        };
    }
}
