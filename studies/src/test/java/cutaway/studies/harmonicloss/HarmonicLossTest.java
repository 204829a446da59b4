package cutaway.studies.harmonicloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Lab;
import cutaway.model.Model;
import cutaway.studies.Bar;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.studies.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarmonicLossTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path cache;

    @Test
    void aCircleFillsTwoComponentsAndACloudDoesNot() {
        assertEquals(1, HarmonicLoss.topTwo(3, true), 1e-6);
        assertTrue(HarmonicLoss.topTwo(3, false) < 0.5);
    }

    /// Stopped after 100 steps, with the power 1, nothing is learned that holds for new pairs.
    @Test
    void aTrainingCutShortMissesTheBarOfAccuracy() {
        HarmonicLoss study = new HarmonicLoss();
        StudyRun.Host host = new StudyRun.Host() {
            @Override
            public void tell(String what, double done) {}

            @Override
            public Model model() {
                throw new IllegalStateException("no model to study");
            }

            @Override
            public Lab lab() {
                return new Lab(cache);
            }
        };
        Findings found = study.run(new StudyRun(
                study,
                Size.QUICK,
                1,
                Map.of("power", 1.0, "steps", 100.0, "image-steps", 20.0, "task-steps", 2.0, "transformer-steps", 1.0),
                host));
        assertNotEquals(Verdict.INSTRUMENT_FAILED, found.verdict());
        Bar accuracy = found.bars().stream()
                .filter(bar -> bar.what().equals("test accuracy"))
                .findFirst()
                .orElseThrow();
        assertTrue(!accuracy.isMet());
        Figure.Bars others = (Figure.Bars) found.figures().stream()
                .filter(figure -> figure.title().equals("Where embeddings are known to belong"))
                .findFirst()
                .orElseThrow()
                .plot();
        assertEquals(8, others.values().size()); // two tasks, nets and heads
        assertTrue(others.values().stream().allMatch(value -> value > 0.5 && value < 2), others::toString);
    }

    /// Of 80 % alone, of 40 % too, and of none; a dip at 60 % counts.
    @Test
    void theDataThatAreNeededAreReadOffTheCurve() {
        double[] shares = {0.4, 0.6, 0.8};
        assertEquals("80 %", HarmonicLoss.needed(shares, new double[] {0.96, 0.5, 0.95}));
        assertEquals("40 % or fewer", HarmonicLoss.needed(shares, new double[] {0.96, 1, 0.95}));
        assertEquals("more than 80 %", HarmonicLoss.needed(shares, new double[] {1, 1, 0.94}));
    }

    /// Pairs of rows share a line; what a task does not know is left out.
    @Test
    void otherTasksAreToldInPairs() {
        OtherTasks others = new OtherTasks(List.of(
                new OtherTasks.Row("lattice", "MLP", "harmonic", 1, 20, 0.75, 0.5, Double.NaN),
                new OtherTasks.Row("lattice", "MLP", "linear", 0.25, Double.NaN, 0.5, 1.25, Double.NaN)));
        assertEquals(
                List.of("lattice, MLP, with harmonic loss (cross-entropy): test accuracy 1.000 (0.250), steps from"
                        + " training to test 95 % 20 (not learned), variance in two components 0.75 (0.50), deviation"
                        + " from parallelograms 0.50 (1.25)."),
                others.notes());
        assertEquals(List.of(0.5, 1.25), ((Figure.Bars) others.figures().get(2).plot()).values());
    }
}
