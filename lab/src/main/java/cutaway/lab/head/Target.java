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

    /// How many outputs a net needs for it.
    default int outputs() {
        return switch (this) {
            case Numbers(int count) -> count;
            case Signs(int count) -> count;
            case Classes(List<Integer> sizes) ->
                sizes.stream().mapToInt(Integer::intValue).sum();
        };
    }
}
