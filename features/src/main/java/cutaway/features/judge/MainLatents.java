package cutaway.features.judge;

import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.Scope;
import java.util.Arrays;

/// The latents that stand for a class: by k-sparse probes with a growing k, for as long as another latent lifts F1
/// by more than 0.03 (feature splitting; Chanin et al. 2024, arXiv:2409.14507, section 4.1; SAEBench's
/// `f1_jump_threshold`).
///
/// Where a dictionary splits "starts with L" into two latents, both are main ones, and neither's silence is
/// absorption.
final class MainLatents {

    private static final double JUMP = 0.03;
    private static final int MOST = 10;

    private MainLatents() {}

    /// @param codes of the rows of `data`
    /// @param wanted the class
    static int[] of(LatentColumns codes, Labelled data, int wanted, long seed) {
        double[] scores = codes.meanDifference(data.are(wanted));
        int[] ranked = LatentColumns.largest(scores, MOST);
        try (Scope _ = Scope.open()) {
            HeldOut halves = data.split(seed);
            Labelled fit = data.rows(halves.selection());
            Labelled test = data.rows(halves.heldOut());
            double before = 0;
            int kept = 1;
            for (int k = 1; k <= ranked.length; k++) {
                Labelled some = new Labelled(codes.dense(Arrays.copyOf(ranked, k)), data.classes(), data.groups());
                Logistic probe = Logistic.fit(some.rows(halves.selection()).x(), fit.are(wanted), 1e-3);
                double f1 = probe.f1(some.rows(halves.heldOut()).x(), test.are(wanted));
                if (k > 1 && f1 - before <= JUMP) {
                    break;
                }
                before = f1;
                kept = k;
            }
            return Arrays.copyOf(ranked, kept);
        }
    }
}
