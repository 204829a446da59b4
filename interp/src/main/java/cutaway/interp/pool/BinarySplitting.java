package cutaway.interp.pool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Hwang's generalised binary splitting ("A method for detecting all defective members in a population by
/// group testing", 1972), many pools at a time: a pool with an effect gives up one cause by binary search,
/// half of what is left by a run; the rest of the pool goes back to those that are to be pooled.
///
/// The search infers: where the first half has no effect, the second is taken to have it. The last item is
/// measured, and where it is no cause after all, effects did not add up, and the pool is taken apart with
/// every piece measured.
final class BinarySplitting {

    private final Ledger ledger;
    private final Splitting splitting;
    private final int mostCauses;

    BinarySplitting(Ledger ledger, Splitting splitting, int mostCauses) {
        this.ledger = ledger;
        this.splitting = splitting;
        this.mostCauses = mostCauses;
    }

    /// A pool with an effect, and where in it a cause is looked for.
    private static final class Chase {
        private final Tested whole;
        private int from;
        private int to;
        private final Set<Integer> cleared = new HashSet<>();

        private Chase(Tested whole) {
            this.whole = whole;
            this.to = whole.pool().size();
        }

        private int middle() {
            return (from + to) / 2;
        }

        /// Where a cause is looked for, taken to have the effect of all.
        private Tested segment() {
            return new Tested(whole.pool().part(from, to), whole.effect());
        }

        private Pool firstHalf() {
            return whole.pool().part(from, middle());
        }

        private void narrow(Tested firstHalf, boolean hasEffect) {
            if (hasEffect) {
                to = middle();
            } else {
                cleared.addAll(firstHalf.pool().items());
                from = middle();
            }
        }

        private int item() {
            return whole.pool().items().get(from);
        }

        private List<Integer> undecided() {
            return whole.pool().items().stream()
                    .filter(item -> item != item() && !cleared.contains(item))
                    .toList();
        }
    }

    /// @param all to find the causes among
    /// @param largestPool items
    /// @return whether it came to an end; false where pooling was not worth it
    boolean search(Pool all, int largestPool) {
        List<Tested> decided = new ArrayList<>();
        List<Integer> open = all.items();
        while (!open.isEmpty()) {
            int left = Math.max(
                    1,
                    mostCauses
                            - (int) all.items().stream().filter(ledger::isCause).count());
            int size = Math.min(largestPool, groupSize(open.size(), left));
            Optional<List<Tested>> tested = ledger.test(all.only(open).pieces(size));
            if (tested.isEmpty()) {
                return false;
            }
            List<Tested> positive = new ArrayList<>();
            tested.get().forEach(one -> (splitting.isDecided(one) ? decided : positive).add(one));
            if (positive.size() > left && open.size() == all.size()) {
                return splitting.search(
                        all.only(items(positive)).everySize(largestPool)); // more causes than it was told
            }
            List<Chase> chases = positive.stream().map(Chase::new).toList();
            Optional<List<Tested>> caught = chase(chases, decided);
            if (caught.isEmpty()) {
                return false;
            }
            List<Integer> again = new ArrayList<>();
            List<Tested> doubtful = new ArrayList<>();
            for (int i = 0; i < chases.size(); i++) {
                if (ledger.passes(caught.get().get(i).effect())) {
                    decided.add(caught.get().get(i));
                    again.addAll(chases.get(i).undecided());
                } else {
                    doubtful.add(chases.get(i).whole);
                }
            }
            if (!doubtful.isEmpty() && !splitting.takeApart(doubtful, decided)) {
                return false;
            }
            open = again.stream().filter(item -> !ledger.wasAlone(item)).toList();
        }
        return true;
    }

    private static List<Integer> items(List<Tested> pools) {
        return pools.stream().flatMap(one -> one.pool().items().stream()).toList();
    }

    /// Follows each chase to one item.
    ///
    /// @param decided takes the null halves
    /// @return the items it ended with, measured alone; empty where pooling was not worth it
    private Optional<List<Tested>> chase(List<Chase> chases, List<Tested> decided) {
        List<Chase> going = chases;
        while (!going.isEmpty()) {
            Stream<Tested> chased = chases.stream().map(Chase::segment);
            if (!splitting.isWorth(Stream.concat(decided.stream(), chased).toList())) {
                return Optional.empty();
            }
            Optional<List<Tested>> halves =
                    ledger.test(going.stream().map(Chase::firstHalf).toList());
            if (halves.isEmpty()) {
                return Optional.empty();
            }
            for (int i = 0; i < going.size(); i++) {
                Tested half = halves.get().get(i);
                going.get(i).narrow(half, ledger.passes(half.effect()));
                if (!ledger.passes(half.effect())) {
                    decided.add(half);
                }
            }
            going = going.stream().filter(chase -> chase.to - chase.from > 1).toList();
        }
        return ledger.test(chases.stream().map(chase -> Pool.of(chase.item())).toList());
    }

    /// `2^floor(log2((n - d + 1) / d))`, of n items with at most d causes; 1 where `n <= 2 d - 2`.
    static int groupSize(int items, int causes) {
        return Integer.highestOneBit(Math.max(1, (items - causes + 1) / causes));
    }
}
