package cutaway.features.judge;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseColumns;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Codes by latent: which differ between two classes, and a few of them as dense features.
final class LatentColumns {

    private final SparseRows codes;
    private final SparseColumns columns;

    LatentColumns(SparseRows codes) {
        this.codes = codes;
        this.columns = codes.byColumn();
    }

    /// Mean of each latent over the rows of a class less that over the others.
    double[] meanDifference(boolean[] is) {
        double[] difference = new double[columns.width()];
        long inside = IntStream.range(0, is.length).filter(i -> is[i]).count();
        long outside = is.length - inside;
        for (int latent = 0; latent < difference.length; latent++) {
            double in = 0;
            double out = 0;
            for (int i = columns.starts()[latent]; i < columns.starts()[latent + 1]; i++) {
                double value = codes.values()[columns.entries()[i]];
                in += is[columns.rowOf()[i]] ? value : 0;
                out += is[columns.rowOf()[i]] ? 0 : value;
            }
            difference[latent] = in / Math.max(1, inside) - out / Math.max(1, outside);
        }
        return difference;
    }

    /// A random score for each latent; those that are active at all stand above the silent ones.
    double[] drawn(Random random) {
        double[] scores = new double[columns.width()];
        for (int latent = 0; latent < scores.length; latent++) {
            boolean active = columns.starts()[latent] < columns.starts()[latent + 1];
            scores[latent] = (active ? 1 : 0) + random.generator().nextDouble();
        }
        return scores;
    }

    /// The k latents of the largest score, largest first.
    static int[] largest(double[] scores, int k) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(k)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /// Which are the k latents of the largest score, of those above 0.
    static boolean[] chosen(double[] scores, int k) {
        boolean[] chosen = new boolean[scores.length];
        for (int latent : largest(scores, k)) {
            chosen[latent] = scores[latent] > 0;
        }
        return chosen;
    }

    /// Some latents, `[n, k]` float64, in the order given.
    Tensor dense(int[] latents) {
        double[] all = new double[codes.rows() * latents.length];
        for (int k = 0; k < latents.length; k++) {
            for (int i = columns.starts()[latents[k]]; i < columns.starts()[latents[k] + 1]; i++) {
                all[columns.rowOf()[i] * latents.length + k] = codes.values()[columns.entries()[i]];
            }
        }
        return Scope.keep(() -> Tensor.of(all, codes.rows(), latents.length));
    }
}
