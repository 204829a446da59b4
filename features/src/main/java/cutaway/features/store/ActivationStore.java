package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Vectors of some sites over a text, harvested by [Harvest] and mapped into memory.
///
///     try (ActivationStore store = ActivationStore.open(Path.of("acts"))) {
///         Tensor x = store.batch(store.sites(), 4096, step).joined(); // [4096, d]
///     }
///
/// It may be read from any thread. After [#close()] reading throws `IllegalStateException`.
public final class ActivationStore implements AutoCloseable {

    private final StoreFacts facts;
    private final long seed;
    private final List<Shard> shards;
    private volatile @Nullable EpochOrder order; // the last that was used

    private ActivationStore(StoreFacts facts, long seed, List<Shard> shards) {
        this.facts = facts;
        this.seed = seed;
        this.shards = List.copyOf(shards);
    }

    /// Opens a store, to be read in the order of its own seed.
    ///
    /// @throws BadInputException when there is no store, its harvest is not finished, or a shard is missing or
    ///     damaged
    public static ActivationStore open(Path folder) {
        return open(folder, StoreFacts.read(folder).settings().seed());
    }

    /// As [#open(Path)], to be read in the order of another seed.
    public static ActivationStore open(Path folder, long seed) {
        StoreFacts facts = StoreFacts.read(folder);
        if (facts.end() == StoreFacts.End.NOT_YET) {
            throw new BadInputException("the harvest of " + folder + " stopped at " + facts.vectors()
                    + " vectors and is not finished; give its command again, which goes on from there.");
        }
        List<Shard> shards = new ArrayList<>();
        try {
            for (int i = 0; i < facts.contents().shards().size(); i++) {
                shards.add(Shard.open(folder, facts, i));
            }
        } catch (RuntimeException e) {
            shards.forEach(Shard::close);
            throw e;
        }
        return new ActivationStore(facts, seed, shards);
    }

    /// What it says of itself: the model and its hash, the settings, the texts.
    public StoreFacts facts() {
        return facts;
    }

    /// Its sites, in the order in which they were asked for.
    public List<Site> sites() {
        return facts.settings().sites();
    }

    /// Numbers of a vector of a site.
    ///
    /// @throws BadInputException when it has no such site
    public int width(Site site) {
        return facts.layout().widths().get(number(site));
    }

    /// Vectors of each site.
    public long vectors() {
        return facts.vectors();
    }

    int number(Site site) {
        int number = sites().indexOf(site);
        if (number < 0) {
            throw new BadInputException("the store has no vectors of " + site.text() + "; it has those of "
                    + sites().stream().map(Site::text).collect(Collectors.joining(", "))
                    + ": harvest that site too.");
        }
        return number;
    }

    Shard shard(int number) {
        return shards.get(number);
    }

    /// A batch of an endless sequence of epochs: a pure function of the store, the seed, `size` and `step`.
    ///
    /// Step s has the places from `s size` to `(s + 1) size`, not included, of all epochs one after another. In
    /// each epoch every vector comes once, in an order of its own. (A store in the order of its documents is read
    /// in blocks of neighbours: to train from, harvest it shuffled.)
    ///
    /// @param sites whose vectors the batch is to join
    /// @throws BadInputException when the store has not all of the sites
    public Batch batch(List<Site> sites, int size, long step) {
        if (size < 1 || step < 0) {
            throw new IllegalArgumentException(
                    "batch " + step + " of " + size + " vectors; expected 0 or more of 1 or more");
        }
        sites.forEach(this::number);
        int[] shard = new int[size];
        int[] row = new int[size];
        long place = Math.multiplyExact(step, size);
        int filled = 0;
        while (filled < size) {
            long at = place + filled;
            filled += order(at / vectors()).rows(at % vectors(), shard, row, filled);
        }
        return new Batch(this, sites, shard, row);
    }

    private EpochOrder order(long epoch) {
        EpochOrder last = order;
        if (last == null || last.epoch() != epoch) {
            last = new EpochOrder(facts.contents().shards(), seed, epoch);
            order = last;
        }
        return last;
    }

    /// Every context, in the order of the text, with the vectors that are kept of it: special tokens and sinks that
    /// were left out are missing, which the positions show.
    ///
    /// @throws BadInputException when the store is shuffled
    public Iterable<Batch> sequences() {
        if (facts.settings().order() != Order.DOCUMENT) {
            throw new BadInputException("this store is shuffled and has no contexts one after another; harvest one with"
                    + " --order document.");
        }
        return Sequences::new;
    }

    private final class Sequences implements Iterator<Batch> {

        private int shard;
        private int row;

        @Override
        public boolean hasNext() {
            return shard < shards.size();
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int rows = facts.contents().shards().get(shard);
            int context = shards.get(shard).context(row);
            int end = row + 1;
            while (end < rows && shards.get(shard).context(end) == context) {
                end++;
            }
            int[] of = new int[end - row];
            Arrays.fill(of, shard);
            int first = row;
            int[] within = new int[of.length];
            Arrays.setAll(within, i -> first + i);
            row = end;
            if (row == rows) {
                shard++;
                row = 0;
            }
            return new Batch(ActivationStore.this, sites(), of, within);
        }
    }

    @Override
    public void close() {
        shards.forEach(Shard::close);
    }
}
