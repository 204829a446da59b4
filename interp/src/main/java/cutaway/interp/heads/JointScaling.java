package cutaway.interp.heads;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;

/// By how much queries are multiplied and keys divided so that what lies near looks near (Yeh et al. 2023,
/// AttentionViz, arXiv:2305.03210, section 5), and how far that holds.
///
/// Correlations are of `-distance` and the product of query and key, over all pairs of a query and a key that
/// it sees. From each product the mean of its query's is taken, which attention does not see either.
/// Distances stay whole: within one query's keys they would agree ever better with products as keys are
/// divided by more, until all of them lie in one place.
///
/// `c` is chosen on every other text and judged on the rest; a text that stands alone is both.
///
/// @param c by which queries are multiplied
/// @param correlation after moving and scaling
/// @param unscaled after moving alone, `c = 1`
/// @param plain before both: queries and keys mostly lie far apart then, which makes distance nearly linear
///     in the product and a map of two clouds
/// @param drift the largest change of an attention weight by moving and scaling, in float32
/// @param pairs of a query and a key that were judged
public record JointScaling(double c, double correlation, double unscaled, double plain, double drift, int pairs) {

    private static final int TRIED = 10; // on either side
    private static final double STEP = Math.pow(10, 1.0 / TRIED);

    /// Queries are left out evenly where there are more pairs.
    private static final int MOST_PAIRS = 20_000;

    public static JointScaling of(QueryKeys head) {
        boolean alone = head.texts() == 1;
        Pairs fitted = Pairs.of(head, head.centred(), text -> alone || text % 2 == 0);
        Pairs judged = alone ? fitted : Pairs.of(head, head.centred(), text -> text % 2 == 1);
        double c = best(fitted, best(fitted, best(fitted, 1, 10), STEP), Math.pow(STEP, 1.0 / TRIED));
        Pairs plain = Pairs.of(head, head, text -> alone || text % 2 == 1);
        return new JointScaling(
                c,
                judged.correlation(c),
                judged.correlation(1),
                plain.correlation(1),
                drift(head, head.joint(c)),
                judged.products.length);
    }

    /// The best of scales about one, up to a factor on either side; the first of equals.
    private static double best(Pairs pairs, double about, double factor) {
        double best = about;
        double largest = pairs.correlation(about);
        for (int i = -TRIED; i <= TRIED; i++) {
            double tried = about * Math.pow(factor, i / (double) TRIED);
            double found = pairs.correlation(tried);
            if (found > largest) {
                largest = found;
                best = tried;
            }
        }
        return best;
    }

    /// As [#of] finds it: the correlation of `-distance` on a map of the points with the product, in texts
    /// that did not choose `c`.
    ///
    /// @param map `[2 row][2]`, queries and then keys
    static double onMap(QueryKeys head, double[][] map) {
        boolean alone = head.texts() == 1;
        Pairs pairs = Pairs.of(head, head, text -> alone || text % 2 == 1);
        return pairs.correlation(i -> {
            double[] q = map[pairs.queries[i]];
            double[] k = map[head.rows() + pairs.keys[i]];
            return -Math.hypot(q[0] - k[0], q[1] - k[1]);
        });
    }

    private static double drift(QueryKeys before, QueryKeys after) {
        double largest = 0;
        long pairs = 0;
        for (int text = 0; text < before.texts() && pairs < MOST_PAIRS; text++) {
            float[] was = before.pattern(text);
            float[] is = after.pattern(text);
            for (int i = 0; i < was.length; i++) {
                largest = Math.max(largest, Math.abs((double) was[i] - is[i]));
            }
            pairs += was.length;
        }
        return largest;
    }

    /// Pairs of a query and a key that it sees, those of a query one behind another.
    ///
    /// @param products of which scores are made
    /// @param placed the products as they are placed: what distances are made of
    private record Pairs(
            int[] queries, int[] keys, double[] products, double[] placed, double[] queryNorms, double[] keyNorms) {

        /// @param places where its queries and keys lie
        static Pairs of(QueryKeys head, QueryKeys places, IntPredicate texts) {
            long all = 0;
            for (int text = 0; text < head.texts(); text++) {
                for (int row = head.start(text); texts.test(text) && row < head.ends()[text]; row++) {
                    all += head.to(text, row) - head.from(text, row);
                }
            }
            int step = Math.toIntExact(Math.max(1, (all + MOST_PAIRS - 1) / MOST_PAIRS));
            int[] queries = new int[Math.toIntExact(Math.min(all, 2L * MOST_PAIRS + head.rows()))];
            int[] keys = new int[queries.length];
            double[] products = new double[queries.length];
            double[] placed = new double[queries.length];
            int count = 0;
            int number = 0;
            for (int text = 0; text < head.texts(); text++) {
                for (int row = head.start(text); texts.test(text) && row < head.ends()[text]; row++) {
                    int seen = head.to(text, row) - head.from(text, row);
                    if (number++ % step != 0 || count + seen > queries.length) {
                        continue;
                    }
                    for (int key = head.from(text, row); key < head.to(text, row); key++) {
                        queries[count] = row;
                        keys[count] = key;
                        products[count] = head.product(row, key);
                        placed[count++] = places.product(row, key);
                    }
                }
            }
            return new Pairs(
                    Arrays.copyOf(queries, count),
                    Arrays.copyOf(keys, count),
                    Arrays.copyOf(products, count),
                    Arrays.copyOf(placed, count),
                    norms(places.queries(), head.dHead()),
                    norms(places.keys(), head.dHead()));
        }

        /// Squared, by row.
        private static double[] norms(float[] rows, int width) {
            double[] norms = new double[rows.length / width];
            for (int i = 0; i < rows.length; i++) {
                norms[i / width] += (double) rows[i] * rows[i];
            }
            return norms;
        }

        /// When queries are multiplied by `c` and keys divided by it.
        double correlation(double c) {
            return correlation(i -> -Math.sqrt(
                    Math.max(0, c * c * queryNorms[queries[i]] + keyNorms[keys[i]] / (c * c) - 2 * placed[i])));
        }

        /// Of nearness and product, the mean of the query's products taken off.
        double correlation(IntToDoubleFunction nearness) {
            double count = products.length;
            double sumX = 0;
            double sumXx = 0;
            double sumYy = 0;
            double sumXy = 0;
            for (int first = 0, end = 0; first < queries.length; first = end) {
                double mean = 0;
                for (end = first; end < queries.length && queries[end] == queries[first]; end++) {
                    mean += products[end];
                }
                mean /= end - first;
                for (int i = first; i < end; i++) {
                    double near = nearness.applyAsDouble(i);
                    double above = products[i] - mean; // sums to 0
                    sumX += near;
                    sumXx += near * near;
                    sumYy += above * above;
                    sumXy += near * above;
                }
            }
            double xx = sumXx - sumX * sumX / count;
            return xx <= 0 || sumYy <= 0 ? 0 : sumXy / Math.sqrt(xx * sumYy);
        }
    }
}
