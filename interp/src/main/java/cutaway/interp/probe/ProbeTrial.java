package cutaway.interp.probe;

import cutaway.tensor.Scope;
import java.util.Arrays;

/// What a probe reaches on examples that it was not trained on, beside what is reached without the activations.
///
/// @param accuracy share of held-out labels that it has right
/// @param majority share that the commonest class of each question has right
/// @param shuffled accuracy of a probe that was trained on labels dealt out anew: what it makes of nothing
/// @param training accuracy on what it was trained on: far above the first, it has learned by heart
public record ProbeTrial(double accuracy, double majority, double shuffled, double training) {

    private static final double SHARE = 0.75;

    /// With a quarter of the groups held out.
    public static ProbeTrial of(Labelled all, ProbeSettings settings) {
        return Scope.free(() -> of(all.split(SHARE, settings.seed()), settings));
    }

    /// With a split that was made before.
    public static ProbeTrial of(Labelled.Split split, ProbeSettings settings) {
        try (Probe probe = Probe.train(split.train(), settings)) {
            return of(split, probe, settings);
        }
    }

    /// Of a probe that was trained on the split.
    static ProbeTrial of(Labelled.Split split, Probe probe, ProbeSettings settings) {
        try (Scope _ = Scope.open();
                Probe ofNothing = Probe.train(split.train().shuffled(settings.seed()), settings)) {
            int[] commonest = split.train().majority();
            int[][] same = new int[split.test().count()][];
            Arrays.fill(same, commonest);
            return new ProbeTrial(
                    probe.accuracy(split.test()),
                    split.test().accuracy(same),
                    ofNothing.accuracy(split.test()),
                    probe.accuracy(split.train()));
        }
    }
}
