package cutaway.studies.superpositioncompute;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
        Findings found = study.run(new StudyRun(study, Size.QUICK, 1, Map.of("most", 800.0), StudyRun.Host.QUIET));
        assertTrue(found.verdict() != Verdict.INSTRUMENT_FAILED, found.bars().toString());
    }
}
