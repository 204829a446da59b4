package cutaway.features.judge;

import cutaway.interp.statistics.Separation;
import cutaway.tensor.Random;
import cutaway.tensor.SparseColumns;
import cutaway.tensor.SparseRows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Soft identifiability (Fel et al. 2025, arXiv:2502.12892, section 5): on collages of known objects, whether
/// one latent's activation tells that an object is there.
///
///     score = mean over objects o of accuracy(f_i > t tells o), i and t the best latent and threshold for o
///
/// Latent and threshold are chosen on some collages and scored on others, and the accuracy is balanced: the
/// mean of that where the object is and of that where it is not. Chance is then 0.5, however many latents
/// there are to choose from and however rare an object is; where both are one set, the best of many latents
/// tells any labels.
public final class Identifiability {

    /// How many times labels are shuffled; the mean stands beside.
    private static final int SHUFFLES = 5;

    private Identifiability() {}

    /// Collages as a dictionary sees them.
    ///
    /// @param codes of each, `[collage, latent]`
    /// @param present whether it holds an object, `[object][collage]`
    public record Seen(SparseRows codes, boolean[][] present) {

        public Seen {
            for (boolean[] of : present) {
                if (of.length != codes.rows()) {
                    throw new IllegalArgumentException(codes.rows() + " collages, and " + of.length + " labels");
                }
            }
        }
    }

    /// The best latent of an object.
    ///
    /// @param threshold above which its activation tells that the object is there
    /// @param accuracy balanced, on collages that had no say in the choice
    /// @param auc of its activation there
    /// @param shuffled accuracy where labels are shuffled among collages, before the choice
    public record Identified(
            String object, int latent, double threshold, double accuracy, double auc, double shuffled) {}

    /// The means over objects.
    public record Found(double accuracy, double auc, double shuffled, List<Identified> objects) {}

    /// @param objects names, in the order of the labels
    /// @param choosing on which latents and thresholds are chosen
    /// @param scoring on which they are scored
    public static Found of(List<String> objects, Seen choosing, Seen scoring, long seed) {
        Columns chosen = new Columns(choosing.codes);
        Columns scored = new Columns(scoring.codes);
        double[] shuffled = new double[objects.size()];
        for (int i = 0; i < SHUFFLES; i++) {
            int[] order = order(choosing.codes.rows(), 2 * SHUFFLES * seed + 2 * i);
            int[] other = order(scoring.codes.rows(), 2 * SHUFFLES * seed + 2 * i + 1);
            for (int object = 0; object < shuffled.length; object++) {
                Rule rule = chosen.best(inOrder(choosing.present[object], order));
                shuffled[object] += scored.accuracy(rule, inOrder(scoring.present[object], other)) / SHUFFLES;
            }
        }
        List<Identified> found = new ArrayList<>();
        for (int object = 0; object < objects.size(); object++) {
            Rule rule = chosen.best(choosing.present[object]);
            found.add(new Identified(
                    objects.get(object),
                    rule.latent,
                    rule.threshold,
                    scored.accuracy(rule, scoring.present[object]),
                    scored.auc(rule.latent, scoring.present[object]),
                    shuffled[object]));
        }
        return new Found(
                mean(found, Identified::accuracy),
                mean(found, Identified::auc),
                mean(found, Identified::shuffled),
                found);
    }

    private static double mean(List<Identified> found, ToDoubleFunction<Identified> of) {
        return found.stream().mapToDouble(of).average().orElse(Double.NaN);
    }

    private static int[] order(int count, long seed) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        Collections.shuffle(order, new Random(seed).generator());
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean[] inOrder(boolean[] labels, int[] order) {
        boolean[] moved = new boolean[labels.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = labels[order[i]];
        }
        return moved;
    }

    /// Tells that an object is there where a latent is above a threshold.
    ///
    /// @param accuracy balanced, where it was chosen
    private record Rule(int latent, double threshold, double accuracy) {}

    /// Activations by latent.
    private static final class Columns {

        private final SparseRows codes;
        private final SparseColumns columns;

        Columns(SparseRows codes) {
            this.codes = codes;
            this.columns = codes.byColumn();
        }

        double[] of(int latent) {
            double[] column = new double[codes.rows()];
            for (int i = columns.starts()[latent]; i < columns.starts()[latent + 1]; i++) {
                column[columns.rowOf()[i]] = codes.values()[columns.entries()[i]];
            }
            return column;
        }

        /// The first of the best latents, at the first of its best thresholds; these lie halfway between two
        /// activations.
        Rule best(boolean[] present) {
            Rule best = new Rule(0, 0, 0);
            int all = count(present);
            for (int latent = 0; latent < columns.width(); latent++) {
                if (columns.count(latent) > 0) {
                    Rule rule = best(latent, present, all);
                    best = rule.accuracy > best.accuracy ? rule : best;
                }
            }
            return best;
        }

        private Rule best(int latent, boolean[] present, int all) {
            double[] column = of(latent);
            int[] falling = IntStream.range(0, column.length)
                    .boxed()
                    .sorted((a, b) -> Double.compare(column[b], column[a]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            Rule best = new Rule(latent, Double.POSITIVE_INFINITY, 0.5);
            int right = 0; // collages with the object among those above the threshold
            for (int i = 0; i + 1 < falling.length; i++) {
                right += present[falling[i]] ? 1 : 0;
                double above = column[falling[i]];
                double below = column[falling[i + 1]];
                if (above > below) {
                    int wrong = i + 1 - right;
                    double accuracy = balanced(right, all, wrong, column.length - all);
                    best = accuracy > best.accuracy ? new Rule(latent, (above + below) / 2, accuracy) : best;
                }
            }
            return best;
        }

        double accuracy(Rule rule, boolean[] present) {
            double[] column = of(rule.latent);
            int right = 0;
            int wrong = 0;
            for (int i = 0; i < column.length; i++) {
                if (column[i] > rule.threshold) {
                    right += present[i] ? 1 : 0;
                    wrong += present[i] ? 0 : 1;
                }
            }
            int all = count(present);
            return balanced(right, all, wrong, column.length - all);
        }

        double auc(int latent, boolean[] present) {
            double[] column = of(latent);
            return Separation.auc(where(column, present, true), where(column, present, false));
        }

        private static double[] where(double[] column, boolean[] present, boolean wanted) {
            return IntStream.range(0, column.length)
                    .filter(i -> present[i] == wanted)
                    .mapToDouble(i -> column[i])
                    .toArray();
        }

        private static int count(boolean[] present) {
            return (int)
                    IntStream.range(0, present.length).filter(i -> present[i]).count();
        }

        /// @param right told to be there of all that are there
        /// @param wrong told to be there of all others
        private static double balanced(int right, int all, int wrong, int others) {
            return ((double) right / all + 1 - (double) wrong / others) / 2;
        }
    }
}
