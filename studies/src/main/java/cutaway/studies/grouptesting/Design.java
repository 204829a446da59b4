package cutaway.studies.grouptesting;

import cutaway.interp.pool.Rate;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/// A way of pooling items to tell which are positive.
enum Design {

    /// Pools of the best size; each item of a positive pool alone (Dorfman 1943).
    DORFMAN {
        @Override
        Told test(BitSet positive, int items, Assay assay, RandomGenerator random) {
            int size = Rate.dorfmanSize(assay.prevalence());
            Told told = new Told(items);
            for (int from = 0; from < items; from += size) {
                int end = Math.min(items, from + size);
                if (end - from == 1) {
                    told.alone(from, positive, assay, random);
                } else if (told.pool(range(from, end), positive, assay, random)) {
                    for (int item = from; item < end; item++) {
                        told.alone(item, positive, assay, random);
                    }
                }
            }
            return told;
        }
    },

    /// Squares of items; those where a positive row meets a positive column alone (Phatarfod and Sudbury 1994).
    MATRIX {
        @Override
        Told test(BitSet positive, int items, Assay assay, RandomGenerator random) {
            int side = Math.clamp(Math.round(Math.pow(assay.prevalence(), -2.0 / 3)), 2, 32);
            Told told = new Told(items);
            for (int from = 0; from < items; from += side * side) {
                boolean[] rows = new boolean[side];
                boolean[] columns = new boolean[side];
                for (int line = 0; line < side; line++) {
                    rows[line] = told.pool(line(from, line, side, true, items), positive, assay, random);
                    columns[line] = told.pool(line(from, line, side, false, items), positive, assay, random);
                }
                for (int place = 0; place < side * side && from + place < items; place++) {
                    if (rows[place / side] && columns[place % side]) {
                        told.alone(from + place, positive, assay, random);
                    }
                }
            }
            return told;
        }
    },

    /// Pools halved until single items are left (Sobel and Groll 1959).
    HALVING {
        @Override
        Told test(BitSet positive, int items, Assay assay, RandomGenerator random) {
            int size = Integer.highestOneBit(Math.clamp(Math.round(0.7 / assay.prevalence()), 2, 256));
            Told told = new Told(items);
            for (int from = 0; from < items; from += size) {
                halve(from, Math.min(items, from + size), told, positive, assay, random);
            }
            return told;
        }

        private void halve(int from, int end, Told told, BitSet positive, Assay assay, RandomGenerator random) {
            if (end - from == 1) {
                told.alone(from, positive, assay, random);
            } else if (told.pool(range(from, end), positive, assay, random)) {
                int middle = (from + end) / 2;
                halve(from, middle, told, positive, assay, random);
                halve(middle, end, told, positive, assay, random);
            }
        }
    },

    /// Random pools, all at once; what no negative pool holds is called positive (COMP, Chan et al. 2011).
    COMP {
        @Override
        Told test(BitSet positive, int items, Assay assay, RandomGenerator random) {
            double causes = Math.max(1, assay.prevalence() * items);
            int pools = (int) Math.ceil(Math.E * causes * Math.log(items));
            Told told = new Told(items);
            told.positive.set(0, items);
            for (int pool = 0; pool < pools; pool++) {
                BitSet drawn = new BitSet(items);
                for (int item = 0; item < items; item++) {
                    drawn.set(item, random.nextDouble() < 1 / causes);
                }
                if (!drawn.isEmpty() && !told.pool(drawn, positive, assay, random)) {
                    told.positive.andNot(drawn);
                }
            }
            return told;
        }
    };

    /// How a pool answers.
    ///
    /// @param prevalence share of positive items
    /// @param missed chance that a positive item alone tests negative
    /// @param dilution a pool with share s of positive items is seen with chance `(1 - missed) s^dilution`
    record Assay(double prevalence, double missed, double dilution) {

        boolean isPositive(BitSet pool, BitSet positive, RandomGenerator random) {
            BitSet there = (BitSet) pool.clone();
            there.and(positive);
            if (there.isEmpty()) {
                return false;
            }
            double share = (double) there.cardinality() / pool.cardinality();
            return random.nextDouble() < (1 - missed) * Math.pow(share, dilution);
        }
    }

    /// What was told, and with how many tests.
    static final class Told {

        final BitSet positive;
        int tests;

        private Told(int items) {
            positive = new BitSet(items);
        }

        private boolean pool(BitSet pool, BitSet truth, Assay assay, RandomGenerator random) {
            tests++;
            return assay.isPositive(pool, truth, random);
        }

        private void alone(int item, BitSet truth, Assay assay, RandomGenerator random) {
            positive.set(item, pool(range(item, item + 1), truth, assay, random));
        }
    }

    /// Tests items of which some are positive.
    abstract Told test(BitSet positive, int items, Assay assay, RandomGenerator random);

    private static BitSet range(int from, int end) {
        BitSet range = new BitSet(end);
        range.set(from, end);
        return range;
    }

    private static BitSet line(int from, int line, int side, boolean isRow, int items) {
        BitSet places = new BitSet();
        for (int i = 0; i < side; i++) {
            int item = from + (isRow ? line * side + i : i * side + line);
            if (item < items) {
                places.set(item);
            }
        }
        return places;
    }
}
