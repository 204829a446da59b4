package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.model.Sizes;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Point.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// How a sweep runs its variants: which go together as rows of one pass, and where that pass starts.
///
/// An edit at a layer and position changes nothing before that layer nor, in a causal model, before that
/// position. Variants are sorted by
/// where they begin, and neighbours share a pass that begins where the first of them does.
///
/// @param chunks the passes, in the order they are run
record SweepPlan(List<Chunk> chunks) {

    /// Rows times positions of one pass: enough for the matrix products to be worth their while, small in memory.
    private static final int POSITIONS_PER_PASS = 512;

    /// A pass.
    ///
    /// @param layer the first block to compute; -1 to begin with the embeddings
    /// @param position the first position to compute
    /// @param variants the numbers of its rows
    record Chunk(int layer, int position, List<Integer> variants) {}

    /// Where a variant begins to differ from the base.
    private record Start(int variant, int layer, int position) {}

    /// @param length tokens of the prompt
    /// @param skipped variants that need no run
    static SweepPlan of(List<List<Edit>> variants, int length, Sizes sizes, Set<Integer> skipped) {
        List<Start> starts = IntStream.range(0, variants.size())
                .filter(i -> !skipped.contains(i))
                .mapToObj(i -> start(i, variants.get(i), length, sizes))
                .sorted(Comparator.comparingInt(Start::layer).thenComparingInt(Start::position))
                .toList();
        List<Chunk> chunks = new ArrayList<>();
        int first = 0;
        while (first < starts.size()) {
            int position = length;
            int end = first;
            while (end < starts.size()) {
                int earliest = Math.min(position, starts.get(end).position());
                if (end > first && (end - first + 1) * (length - earliest) > POSITIONS_PER_PASS) {
                    break;
                }
                position = earliest;
                end++;
            }
            List<Integer> rows =
                    starts.subList(first, end).stream().map(Start::variant).toList();
            chunks.add(new Chunk(starts.get(first).layer(), position, rows));
            first = end;
        }
        return new SweepPlan(chunks);
    }

    private static Start start(int variant, List<Edit> edits, int length, Sizes sizes) {
        int layer = sizes.layers();
        int position = sizes.isCausal() ? length - 1 : 0;
        for (Edit edit : edits) {
            layer = Math.min(layer, layer(edit, sizes.layers()));
            position =
                    Math.min(position, IntStream.of(edit.pos().in(length)).min().orElse(0));
        }
        return new Start(variant, layer, position);
    }

    private static int layer(Edit edit, int layers) {
        Kind kind = edit.site().point().kind();
        if (kind.inBlock()) {
            return edit.site().point().layer();
        }
        return kind.place() == Place.BEFORE ? -1 : layers;
    }
}
