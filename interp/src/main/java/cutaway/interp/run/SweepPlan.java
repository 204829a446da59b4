package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.site.Positions;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Point.Place;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Cores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// How a sweep runs its variants: where each begins, and which go through the blocks together.
///
/// An edit changes nothing that is computed before it, nor, in a causal model, anything at an earlier position.
/// Each variant begins there, with the base run's values; it joins the variants of its wave that began in earlier
/// blocks.
///
/// @param waves in the order they are begun
/// @param atOnce how many of them run side by side, each on one core
record SweepPlan(List<Wave> waves, int atOnce) {

    /// How large waves may be.
    ///
    /// @param positions of all variants of a wave; a variant that has more goes alone
    /// @param cores that there are for waves side by side
    /// @param bytes of native memory for what the waves that run side by side compute
    /// @param isBudget whether a variant that takes more is refused; else it goes alone
    record Limits(int positions, int cores, long bytes, boolean isBudget) {

        /// Enough for the matrix products to be worth their while, small in memory.
        static final Limits USUAL = new Limits(256, Cores.count(), 1L << 30, false);

        /// Fewer are better computed by all cores together than by one each.
        private static final int LEAST_POSITIONS = 64;

        /// The same within a budget.
        Limits within(long budget) {
            return new Limits(positions, cores, budget, true);
        }

        /// How many waves to run side by side.
        ///
        /// @param all positions of all variants
        /// @param bytesOfOne of the variant that takes most
        private int atOnce(long all, long bytesOfOne) {
            return Math.clamp(Math.min(all / LEAST_POSITIONS, bytes / Math.max(1, bytesOfOne)), 1, cores);
        }

        /// Of each wave, where so many run side by side: no core is left without one.
        private Limits each(int atOnce, long all) {
            return new Limits((int) Math.min(positions, Math.ceilDiv(all, atOnce)), 1, bytes / atOnce, isBudget);
        }
    }

    /// Before the first block.
    static final int EMBEDDING = -1;

    /// Variants that go through the blocks together.
    ///
    /// @param starts in the order in which they join
    record Wave(List<Start> starts) {

        /// Positions that its variants compute, counted in every block; in the last one, those that it leaves.
        long layerPositions(LastBlock lastBlock, int length) {
            return starts.stream()
                    .mapToLong(start -> lastBlock.layerPositions(start.layer, length - start.position))
                    .sum();
        }
    }

    /// Where a variant begins to differ from the base run.
    ///
    /// @param variant its number
    /// @param layer the block; [#EMBEDDING] before all, the number of blocks after all of them
    /// @param value the first value in that block that differs
    /// @param position the first position to compute
    record Start(int variant, int layer, Kind value, int position) {

        /// The same at another position.
        Start at(int other) {
            return new Start(variant, layer, value, other);
        }
    }

    /// @param lastBlock what the metric needs of it
    /// @param length tokens of the prompt
    /// @param skipped variants that need no run
    /// @throws BadInputException when the memory cannot hold one variant
    static SweepPlan of(
            List<List<Edit>> variants,
            int length,
            Sizes sizes,
            LastBlock lastBlock,
            Set<Integer> skipped,
            Limits limits,
            WaveMemory memory) {
        List<Start> starts = new ArrayList<>();
        for (int i = 0; i < variants.size(); i++) {
            if (!skipped.contains(i)) {
                starts.add(start(i, variants.get(i), length, sizes, lastBlock));
            }
        }
        starts.sort(Comparator.comparingInt(Start::layer)
                .thenComparing(Start::value)
                .thenComparingInt(Start::position));
        IntSummaryStatistics positions =
                starts.stream().mapToInt(start -> length - start.position).summaryStatistics();
        int longest = Math.max(0, positions.getMax());
        int atOnce = limits.atOnce(positions.getSum(), memory.ofBlock(1, longest, longest));
        return new SweepPlan(waves(starts, length, limits.each(atOnce, positions.getSum()), memory), atOnce);
    }

    private static List<Wave> waves(List<Start> starts, int length, Limits limits, WaveMemory memory) {
        List<Wave> waves = new ArrayList<>();
        int from = 0;
        int positions = 0;
        int longest = 0;
        for (int i = 0; i < starts.size(); i++) {
            int more = length - starts.get(i).position;
            if (limits.isBudget && memory.ofBlock(1, more, more) > limits.bytes) {
                throw new BadInputException(
                        "one variant of a prompt of %d tokens takes about %d MB beyond the weights, and %d MB are left for it; give more --memory, or a shorter prompt."
                                .formatted(
                                        length,
                                        memory.ofBlock(1, more, more) / 1_000_000 + 1,
                                        limits.bytes / 1_000_000));
            }
            boolean full = positions + more > limits.positions
                    || memory.ofBlock(i - from + 1, (long) positions + more, Math.max(longest, more)) > limits.bytes;
            if (positions > 0 && full) {
                waves.add(new Wave(List.copyOf(starts.subList(from, i))));
                from = i;
                positions = 0;
                longest = 0;
            }
            positions += more;
            longest = Math.max(longest, more);
        }
        if (from < starts.size()) {
            waves.add(new Wave(List.copyOf(starts.subList(from, starts.size()))));
        }
        return waves;
    }

    private static Start start(int variant, List<Edit> edits, int length, Sizes sizes, LastBlock lastBlock) {
        int layer = sizes.layers();
        Kind value = Kind.LOGITS;
        int position = sizes.isCausal() ? length - 1 : 0;
        for (Edit edit : edits) {
            Point point = edit.site().point();
            int at = layer(point, sizes.layers());
            if (at < layer || (at == layer && point.kind().compareTo(value) < 0)) {
                layer = at;
                value = point.kind();
            }
            position = Math.min(position, lastBlock.isOfLast(point) ? length - 1 : first(edit.pos(), length));
        }
        return new Start(variant, layer, value, position);
    }

    private static int first(Positions positions, int length) {
        return IntStream.of(positions.in(length)).min().orElse(0);
    }

    private static int layer(Point point, int layers) {
        if (point.kind().inBlock()) {
            return point.layer();
        }
        return point.kind().place() == Place.BEFORE ? EMBEDDING : layers;
    }
}
