package cutaway.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.studies.Bar;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Size;
import cutaway.studies.Studies;
import cutaway.studies.Study;
import cutaway.studies.StudyResult;
import cutaway.studies.StudyRun;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StudyTableTest {

    private static List<String> table(Bar... bars) {
        Study study = Studies.ALL.getFirst();
        StudyRun run = new StudyRun(study, Size.QUICK, 3, Map.of(), StudyRun.Host.QUIET);
        Findings findings = new Findings(List.of(bars), List.of(), List.of());
        return StudyTable.of(StudyResult.of(study, run, findings, "1", "2025-01-01", 1, "run"), 200)
                .lines();
    }

    @Test
    void intervalsStandBesideTheMedians() {
        List<String> lines =
                table(Bar.claim("a", "", Goal.atLeast(0.5), 0.9, 0.6, 0.7).against("shuffled", 0.1, 0.3, 0.2));
        assertEquals(2, lines.getFirst().split("95 %", -1).length - 1, lines.getFirst());
        assertTrue(lines.get(1).contains("0.7000  0.600 to 0.900"), lines.get(1));
        assertTrue(lines.get(1).contains("0.2000  0.100 to 0.300"), lines.get(1));
    }

    @Test
    void ofOneSeedThereIsNoneButOverCases() {
        Bar one = Bar.claim("a", "", Goal.atLeast(0.5), 0.5);
        assertFalse(table(one).getFirst().contains("95 %"));
        assertTrue(table(one.over("relations", 0, 1, 0, 1, 1, 0)).get(1).contains(" to "));
    }
}
