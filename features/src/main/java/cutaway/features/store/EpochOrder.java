package cutaway.features.store;

import cutaway.tensor.Shuffle;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// The order in which an epoch goes over a store: a pure function of the shards, the seed and the epoch's number.
///
/// Every shard is cut into blocks of some rows that stand side by side, at places that are other ones each epoch;
/// the blocks of all shards are shuffled, and the rows within each. So a batch comes from many shards, and what is
/// read is whole blocks.
final class EpochOrder {

    private static final int BLOCK_ROWS = 256;

    private final long seed;
    private final long epoch;
    private final int[] shard; // by block
    private final int[] first; // row, by block
    private final long[] begin; // place of the block's first row in the epoch; one more than blocks

    private int shuffledBlock = -1;
    private int[] shuffled = {};

    EpochOrder(List<Integer> shards, long seed, long epoch) {
        this.seed = seed;
        this.epoch = epoch;
        RandomGenerator generator = Draws.of(seed, epoch);
        int most = shards.stream().mapToInt(rows -> rows / BLOCK_ROWS + 2).sum();
        int[] shardOf = new int[most];
        int[] firstOf = new int[most];
        int[] rowsOf = new int[most];
        int count = 0;
        for (int i = 0; i < shards.size(); i++) {
            int rows = shards.get(i);
            int from = 0;
            int to = generator.nextInt(1, BLOCK_ROWS + 1);
            while (from < rows) {
                int end = Math.min(to, rows);
                shardOf[count] = i;
                firstOf[count] = from;
                rowsOf[count++] = end - from;
                from = end;
                to = end + BLOCK_ROWS;
            }
        }
        int[] order = Shuffle.order(count, generator);
        shard = new int[count];
        first = new int[count];
        begin = new long[count + 1];
        for (int i = 0; i < count; i++) {
            shard[i] = shardOf[order[i]];
            first[i] = firstOf[order[i]];
            begin[i + 1] = begin[i] + rowsOf[order[i]];
        }
    }

    long epoch() {
        return epoch;
    }

    /// The rows of this epoch from a place on, as many as are asked for or left.
    ///
    /// @param shards receives the shard of each, from `at` on
    /// @param rows receives the row within the shard
    /// @return how many
    synchronized int rows(long from, int[] shards, int[] rows, int at) {
        int found = Arrays.binarySearch(begin, from);
        int block = found >= 0 ? found : -found - 2;
        int count = 0;
        for (; block < shard.length && at + count < rows.length; block++) {
            int[] within = within(block);
            for (int i = (int) Math.max(0, from - begin[block]); i < within.length && at + count < rows.length; i++) {
                shards[at + count] = shard[block];
                rows[at + count++] = first[block] + within[i];
            }
        }
        return count;
    }

    private int[] within(int block) {
        if (block != shuffledBlock) {
            shuffled = Shuffle.order((int) (begin[block + 1] - begin[block]), Draws.of(seed, epoch, block));
            shuffledBlock = block;
        }
        return shuffled;
    }
}
