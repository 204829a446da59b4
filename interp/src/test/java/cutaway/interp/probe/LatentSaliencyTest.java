package cutaway.interp.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.probe.LatentSaliency.Answers;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatentSaliencyTest {

    private static final int D = 40;
    private static final double STEP = 0.01;

    /// Reads whether one number of the state is above 0: the logits are 0 and 4 x.
    private static Probe ofNumber(int number, int width) {
        float[] rows = new float[2 * width];
        rows[width + number] = 4;
        return Probe.of(
                Kind.LOGISTIC,
                1,
                2,
                Map.of(
                        "out.weight", Tensor.of(rows, 2, width),
                        "out.bias", Tensor.zeros(2),
                        "mean", Tensor.zeros(width),
                        "scale", Tensor.of(new double[] {1}, 1)));
    }

    /// The state is 2, 2, ..., and the answer 7 x0 - 3 x2. A probe that reads number k as above 0 is turned where
    /// 4 xk = -1, so that xk falls by 2.25: the answer changes by -7 * 2.25 for number 0, by 3 * 2.25 for number 2,
    /// and not at all for number 1, which nothing hangs on.
    @Test
    void theSaliencyOfALinearAnswerIsItsWeight() {
        try (Scope _ = Scope.open()) {
            ProbeEdit fine = new ProbeEdit(STEP, 1000, 1, 1);
            double step = STEP * 2 * Math.sqrt(D); // one is the most that is gone too far
            double[] expected = {-7 * 2.25, 0, 3 * 2.25};
            for (int number = 0; number < 3; number++) {
                StateChange turning =
                        StateChange.through(List.of(ofNumber(number, D)), new int[1], new int[] {0}, fine);
                LatentSaliency found =
                        LatentSaliency.of(answers(), turning, 30, 1).getFirst();
                assertEquals(8, found.answer(), 1e-4);
                assertEquals(expected[number], found.change(), 7 * step + 1e-4, "number " + number);
                // E|g| sqrt(49 + 9) 2.25 / sqrt(D) = 0.80 * 7.6 * 2.25 / 6.3, by 30 draws of |g| within 25 %
                assertEquals(2.16, found.random(), 0.6);
            }
        }
    }

    private static Answers answers() {
        float[] twos = new float[D];
        Arrays.fill(twos, 2);
        Tensor state = Tensor.of(twos, 1, D);
        return change -> {
            float[] x = change.at(0, state).toFloats();
            return new double[] {7 * x[0] - 3 * x[2]};
        };
    }

    /// What a run of a model answers under the change is what the change's edits make of it.
    @Test
    void aModelIsAskedAgain() {
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open()) {
            int[] ids = {3, 14, 15, 9};
            Site site = new Site.Resid(1, Site.Moment.POST);
            ChangedRun run = new ChangedRun(model, Source.of(ids, List.of()), List.of(site), Positions.LAST);
            StateChange change = (_, x) -> x.plus(new Random(3).normal(2, 32));
            double[] logits = run.logits(2, change, 11);
            double[] drawn = Scope.free(() -> new Random(3).normal(2, 32).toDoubles());
            for (int copy = 0; copy < 2; copy++) {
                double[] row = Arrays.copyOfRange(drawn, 32 * copy, 32 * copy + 32);
                Edit by = new Edit.Add(site, Positions.LAST, Values.of(row));
                try (Trace trace = Runs.run(model, Batch.of(ids), List.of(by), List.of())) {
                    double expected = Scope.free(() -> trace.logits()
                            .select(0, 0)
                            .select(0, 3)
                            .select(0, 11)
                            .to(Dtype.F64)
                            .item());
                    assertEquals(expected, logits[copy], 1e-4);
                }
            }
            assertTrue(Math.abs(logits[0] - logits[1]) > 1e-3);
            assertTrue(Math.abs(run.logits(1, StateChange.NONE, 11)[0] - logits[0]) > 1e-3);
        }
    }
}
