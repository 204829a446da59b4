package cutaway.interp.heads;

import cutaway.model.Batch;
import cutaway.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Sequences `BOS? r r` of random tokens r, all different, said twice: what a head does there it does without
/// any meaning to
/// go by (Olsson et al. 2022, arXiv:2209.11895; Elhage et al. 2021, "Induction heads").
///
/// @param rows token ids
/// @param start position of the first token of r: how many the model's own recipe puts before a text
/// @param length tokens of r
record RepeatedTokens(List<int[]> rows, int start, int length) {

    static final int SEQUENCES = 4;
    static final int LONGEST = 50;
    static final int SHORTEST = 8;

    /// @return sequences as long as the context and the vocabulary allow, at most [#LONGEST] tokens repeated
    static RepeatedTokens draw(Model model, SplittableRandom random) {
        List<Integer> before = model.hasTokenizer() ? model.tokenizer().before() : List.of();
        int room = Math.min(LONGEST, (model.sizes().context() - before.size()) / 2);
        List<int[]> rows = new ArrayList<>();
        int length = room;
        for (int i = 0; i < SEQUENCES; i++) {
            int[] drawn = OrdinaryTokens.draw(model, room, random);
            length = Math.min(length, drawn.length);
            rows.add(drawn);
        }
        int some = Math.max(0, length);
        return new RepeatedTokens(
                rows.stream().map(drawn -> twice(before, drawn, some)).toList(), before.size(), some);
    }

    private static int[] twice(List<Integer> before, int[] drawn, int length) {
        int[] said = Arrays.copyOf(drawn, length);
        return Stream.of(before.stream().mapToInt(Integer::intValue).toArray(), said, said)
                .flatMapToInt(Arrays::stream)
                .toArray();
    }

    /// Whether they are long enough to tell a head by.
    boolean suffice() {
        return length >= SHORTEST;
    }

    Batch batch() {
        return Batch.of(rows, Batch.Side.RIGHT);
    }

    /// From each position to the one before it.
    List<Glance> toPrevious() {
        return glances(2, query -> query - 1);
    }

    /// From a token's second place to its first.
    List<Glance> toDuplicate() {
        return glances(start + length, query -> query - length);
    }

    /// From a token's second place to the token that came after its first.
    List<Glance> afterDuplicate() {
        return glances(start + length, query -> query - length + 1);
    }

    /// From each position to position 0.
    List<Glance> toFirst() {
        return glances(1, query -> 0);
    }

    /// Glances of all rows at position 0 are left out, but where they are what is asked.
    private List<Glance> glances(int firstQuery, IntFunction<Integer> key) {
        return IntStream.range(0, rows.size())
                .boxed()
                .flatMap(row -> IntStream.range(firstQuery, start + 2 * length)
                        .filter(query -> key.apply(query) > 0 || firstQuery == 1)
                        .mapToObj(query -> new Glance(row, query, key.apply(query))))
                .toList();
    }
}
