package cutaway.interp.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.planted.Induction;
import cutaway.interp.planted.Lookup;
import cutaway.interp.planted.NormedCopy;
import cutaway.interp.planted.Plan.Family;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The logit lens on models whose residual stream is known by hand: twelve tokens, logits of few of which are not 0.
class PlantedLensTest {

    private static final double ROUNDING = 1e-5;
    private static final int TOKENS = 12;

    @TempDir
    private Path folder;

    /// The head that looks back notes a token where nothing is unembedded: until the induction head has spoken, the
    /// last token, 1, says itself alone.
    @ParameterizedTest
    @EnumSource(Family.class)
    void anInductionHeadsAnswerIsReadableBehindIt(Family family) {
        Induction induction = new Induction(3, 4);
        double[] after = logits(1, Induction.ITSELF);
        for (int token : Induction.PROMPT) {
            after[token] += 4 * induction.rest();
        }
        after[2] += 4 * (induction.match() - induction.rest());
        try (Model model = induction.open(family, folder)) {
            LogitLens lens = lens(model, Induction.PROMPT, 2, 4);
            double[] before = logits(1, Induction.ITSELF);
            check(lens, 6, 2, before, before, after);
            assertEquals(2, lens.readableFrom());
            // Position 3, where the answer itself stands and looks at tokens 0, 5, 1 and 2 alike.
            double[] itself = logits(2, Induction.ITSELF);
            double[] alike = itself.clone();
            for (int token : new int[] {0, 5, 1, 2}) {
                alike[token]++;
            }
            check(lens, 3, 2, itself, itself, alike);
        }
    }

    /// An attribute that is noted at the subject is not unembedded there: it is readable where it was moved to.
    @ParameterizedTest
    @EnumSource(Family.class)
    void anAttributeIsReadableWhereItIsMoved(Family family) {
        Lookup lookup = new Lookup(2, 3);
        double[] before = logits(7, Lookup.ITSELF);
        double[] after = before.clone();
        after[8] += 3 * lookup.match();
        try (Model model = lookup.open(family, folder)) {
            LogitLens lens = lens(model, Lookup.PROMPT, 8, 9);
            check(lens, 3, 8, before, before, after);
            assertEquals(2, lens.readableFrom());
            // The subject sees itself and the token before it, and its head half of what is noted.
            double[] subject = logits(1, Lookup.ITSELF);
            double[] half = subject.clone();
            half[8] += 3.0 / 2;
            check(lens, 1, 8, subject, subject, half);
        }
    }

    /// What is unembedded is normalised first.
    @ParameterizedTest
    @EnumSource(Family.class)
    void theLensPassesTheFinalNorm(Family family) {
        NormedCopy copy = new NormedCopy(family);
        try (Model model = copy.open(folder)) {
            LogitLens lens = lens(model, NormedCopy.PROMPT, 1, 2);
            check(lens, 3, 1, copy.logits());
        }
    }

    private static double[] logits(int token, double nats) {
        double[] logits = new double[TOKENS];
        logits[token] = nats;
        return logits;
    }

    /// @param logits by layer, and behind the last
    private static void check(LogitLens lens, int pos, int answer, double[]... logits) {
        assertEquals(logits.length, lens.rank().length);
        for (int layer = 0; layer < logits.length; layer++) {
            double mine = logits[layer][answer];
            double sum = Arrays.stream(logits[layer]).map(Math::exp).sum();
            int above = (int)
                    Arrays.stream(logits[layer]).filter(other -> other > mine).count();
            assertEquals(above, lens.rank()[layer][pos], "layer " + layer);
            assertEquals(Math.exp(mine) / sum, lens.probability()[layer][pos], ROUNDING, "layer " + layer);
        }
    }

    private static LogitLens lens(Model model, int[] ids, int answer, int rival) {
        Source prompt = Source.of(ids, List.of());
        Metric.LogitDifference metric = new Metric.LogitDifference(answer, rival);
        return Lenses.read(new Setting(model, prompt, prompt, ids, 0, metric, 1, 0));
    }
}
