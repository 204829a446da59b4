package cutaway.studies.harmonicloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Lab;
import cutaway.model.Model;
import cutaway.studies.Bar;
import cutaway.studies.Findings;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.studies.Verdict;
import java.nio.file.Path;
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
        Findings found = study.run(
                new StudyRun(study, Size.QUICK, 1, Map.of("power", 1.0, "steps", 100.0, "image-steps", 20.0), host));
        assertNotEquals(Verdict.INSTRUMENT_FAILED, found.verdict());
        Bar accuracy = found.bars().stream()
                .filter(bar -> bar.what().equals("test accuracy"))
                .findFirst()
                .orElseThrow();
        assertTrue(!accuracy.isMet());
    }
}
