package cutaway.interp.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/// Takes pools with an effect apart, level by level, down to single items: all pieces of a level in one
/// round.
///
/// Every piece is measured. That the rest of a pool has the effect when one half has none holds only where
/// effects add up; measured, it says where they do not: pieces that have no effect, of a pool that has one,
/// act together or add up.
final class Splitting {

    /// How large the pieces of a pool are.
    interface PieceSize {
        /// @param rate estimated share of causes
        /// @return of a pool's size, more than 1, that of its pieces
        IntUnaryOperator at(double rate);
    }

    /// In halves; but where half of the pieces would still all have an effect, straight to those of which half
    /// have.
    static final PieceSize HALVES = rate -> {
        int even = Rate.evenSize(rate);
        return size -> size > 2 * even ? even : Math.ceilDiv(size, 2);
    };

    /// One by one; but pools larger than is best first into those that are.
    static final PieceSize DORFMAN = rate -> {
        int best = Rate.dorfmanSize(rate);
        return size -> size > 2 * best ? best : 1;
    };

    /// Items of a pool in which effects hardly cancel.
    private static final int SMALL = 8;

    /// Pools that say something of the rate.
    private static final int ENOUGH = 6;

    private final Ledger ledger;
    private final JointSearch joint;
    private final PieceSize pieceSize;
    private final DoubleUnaryOperator cost;
    private double rate;

    /// @param cost expected runs for each item at a rate
    Splitting(Ledger ledger, JointSearch joint, PieceSize pieceSize, DoubleUnaryOperator cost) {
        this.ledger = ledger;
        this.joint = joint;
        this.pieceSize = pieceSize;
        this.cost = cost;
    }

    /// Small pools are heard on their own too: a large one whose many effects cancel looks as if there were
    /// few.
    ///
    /// @param pools of which no two share an item
    /// @return whether it came to an end; false where pooling was not worth it
    boolean search(List<Pool> pools) {
        Optional<List<Tested>> tested = ledger.test(pools);
        if (tested.isEmpty()) {
            return false;
        }
        List<Tested> small =
                tested.get().stream().filter(one -> one.pool().size() <= SMALL).toList();
        return (small.size() < ENOUGH || isWorth(small)) && takeApart(tested.get(), List.of());
    }

    /// Whether pooling is worth it at the rate that measured pools speak for.
    boolean isWorth(List<Tested> tested) {
        int nullItems = 0;
        List<Integer> sizes = new ArrayList<>();
        for (Tested one : tested) {
            if (ledger.passes(one.effect())) {
                sizes.add(one.pool().size());
            } else {
                nullItems += one.pool().size();
            }
        }
        return isWorth(Rate.estimate(nullItems, sizes));
    }

    /// Whether pooling is worth it at a rate.
    boolean isWorth(double atRate) {
        rate = atRate;
        return cost.applyAsDouble(rate) <= Rate.WORTH;
    }

    /// @param tested measured pools, of which no two share an item
    /// @param decided null pools and single items of the same pass, with the rate of which the pools are
    ///     judged
    /// @return whether it came to an end; false where pooling was not worth it
    boolean takeApart(List<Tested> tested, List<Tested> decided) {
        List<Tested> ends = new ArrayList<>(decided);
        List<Tested> level = tested;
        while (true) {
            List<Tested> positive = new ArrayList<>();
            for (Tested one : level) {
                (isDecided(one) ? ends : positive).add(one);
            }
            if (!isWorth(Stream.concat(ends.stream(), positive.stream()).toList()) && !positive.isEmpty()) {
                return false;
            }
            if (positive.isEmpty()) {
                return true;
            }
            IntUnaryOperator size = pieceSize.at(rate);
            List<List<Pool>> pieces = positive.stream()
                    .map(one -> one.pool().pieces(size.applyAsInt(one.pool().size())))
                    .toList();
            Optional<List<Tested>> measured =
                    ledger.test(pieces.stream().flatMap(List::stream).toList());
            if (measured.isEmpty()) {
                return false;
            }
            level = measured.get();
            int from = 0;
            for (int i = 0; i < positive.size(); i++) {
                List<Tested> own = level.subList(from, from + pieces.get(i).size());
                from += own.size();
                if (own.stream().noneMatch(piece -> ledger.passes(piece.effect()))) {
                    joint.explain(positive.get(i), own);
                }
            }
        }
    }

    /// Null, or one item alone.
    boolean isDecided(Tested one) {
        return !ledger.passes(one.effect()) || one.pool().size() == 1;
    }

    /// Share of causes, as estimated last.
    double rate() {
        return rate;
    }
}
