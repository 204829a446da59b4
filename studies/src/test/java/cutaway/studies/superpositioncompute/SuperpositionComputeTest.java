package cutaway.studies.superpositioncompute;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.built.AndNetwork;
import cutaway.studies.Findings;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.studies.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuperpositionComputeTest {

    @Test
    void theStudyRunsInSecondsAndItsInstrumentWorks() {
        SuperpositionCompute study = new SuperpositionCompute();
        Findings found = study.run(
                new StudyRun(study, Size.QUICK, 1, Map.of("most", 800.0, "steps", 10.0), StudyRun.Host.QUIET));
        assertTrue(found.verdict() != Verdict.INSTRUMENT_FAILED, found.bars().toString());
    }

    /// One step is not enough to learn anything; with steps enough every AND of 20 is learned.
    @Test
    void adamLearnsTheAnds() {
        try (AndNetwork network = AndNetwork.of(20, 60, AndNetwork.Codes.OF_OUTPUTS, 1)) {
            assertTrue(TrainedAnds.error(network, 1, 200, 1, _ -> {}) > 0.4);
            assertTrue(TrainedAnds.error(network, 400, 200, 1, _ -> {}) < 0.02);
        }
    }
}
