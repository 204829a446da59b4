package cutaway.studies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final Bar MET = Bar.claim("a", "", Goal.atLeast(0.5), 0.1, 0.6, 0.9);
    private static final Bar MISSED = Bar.claim("b", "", Goal.atLeast(0.5), 0.1, 0.4, 0.9);
    private static final Bar WORKS = Bar.instrument("c", Goal.between(0.9, 1), 0.95);
    private static final Bar FAILS = Bar.instrument("d", Goal.atMost(0.1), 0.2);

    @Test
    void theMedianMeetsTheGoal() {
        assertTrue(MET.isMet());
        assertFalse(MISSED.isMet());
        assertEquals(0.5, Bar.claim("even", "", Goal.atLeast(0), 0.2, 0.8).median(), 1e-12);
        assertFalse(Bar.claim("nothing", "", Goal.atLeast(0), Double.NaN).isMet());
    }

    @Test
    void theControlLosesOnEverySeed() {
        assertTrue(MET.against("shuffled", 0.1, 0.2, 0.4).isMet());
        assertFalse(MET.against("shuffled", 0.1, 0.2, 0.6).isMet());
        assertTrue(MET.against("shuffled", Goal.atMost(0.65), 0.1, 0.2, 0.6).isMet());
        assertFalse(MET.against("shuffled", Double.NaN).isMet());
    }

    @Test
    void intervalsAreOverSeedsAndOfOneSeedOverCases() {
        assertEquals(Optional.of(new BarInterval(0.1, 0.9, "seeds")), MET.interval());
        Bar beside = MET.against("shuffled", 0.1, 0.2, 0.4);
        assertEquals(MET.interval(), beside.interval());
        assertEquals(
                Optional.of(new BarInterval(0.1, 0.4, "seeds")),
                beside.control().orElseThrow().interval());
        assertTrue(WORKS.interval().isEmpty());
        Bar over = WORKS.against("null", 0.1).over("cases", new double[] {0.9, 1, 0.95}, new double[] {0, 0.2, 0.1});
        assertEquals("cases", over.interval().orElseThrow().over());
        assertTrue(over.interval().orElseThrow().low() > 0.8999);
        assertTrue(over.control().orElseThrow().interval().orElseThrow().high() < 0.2001);
        assertEquals(MET.interval(), MET.over("cases", 0.2, 0.3).interval(), "of several seeds it stays over seeds");
    }

    @Test
    void theVerdictFollowsTheBars() {
        assertEquals(Verdict.REPRODUCED, Verdict.of(List.of(WORKS, MET)));
        assertEquals(Verdict.REPRODUCED, Verdict.of(List.of(WORKS)));
        assertEquals(Verdict.PARTLY, Verdict.of(List.of(WORKS, MET, MISSED)));
        assertEquals(Verdict.NOT_REPRODUCED, Verdict.of(List.of(WORKS, MISSED)));
        assertEquals(Verdict.INSTRUMENT_FAILED, Verdict.of(List.of(MET, FAILS)));
    }

    /// What is met is met in part where claims were left unmeasured; what failed has failed.
    @Test
    void aStudyThatLeftClaimsOutReproducesNoneOfThemWhole() {
        assertEquals(Verdict.PARTLY, new Findings(List.of(WORKS, MET), List.of(), List.of(), false).verdict());
        assertEquals(
                Verdict.NOT_REPRODUCED, new Findings(List.of(WORKS, MISSED), List.of(), List.of(), false).verdict());
        assertEquals(
                Verdict.INSTRUMENT_FAILED, new Findings(List.of(MET, FAILS), List.of(), List.of(), false).verdict());
        assertEquals(Verdict.REPRODUCED, new Findings(List.of(WORKS, MET), List.of(), List.of()).verdict());
    }

    /// A text reaches the study that takes one, and is looked for before the work.
    @Test
    void aTextIsForStudiesThatTakeOne() throws IOException {
        Path file = Files.createTempFile("text", ".txt");
        Study takes = Studies.named("sae-dark-matter");
        Study takesNone = Studies.named("group-testing");
        assertEquals(
                List.of(file),
                new StudyRun(takes, Size.QUICK, 1, Map.of(), with(file))
                        .text()
                        .orElseThrow()
                        .files());
        assertTrue(new StudyRun(takesNone, Size.QUICK, 1, Map.of(), with(file))
                .text()
                .isEmpty());
        assertTrue(new StudyRun(takes, Size.QUICK, 1, Map.of(), StudyRun.Host.QUIET)
                .text()
                .isEmpty());
        Files.delete(file);
        assertThrows(BadInputException.class, () -> new StudyRun(takes, Size.QUICK, 1, Map.of(), with(file)));
    }

    private static StudyRun.Host with(Path text) {
        return new StudyRun.Host() {
            @Override
            public void tell(String what, double done) {}

            @Override
            public Model model() {
                throw new IllegalStateException("no model is asked for");
            }

            @Override
            public Optional<Path> text() {
                return Optional.of(text);
            }
        };
    }

    @Test
    void goalsAreSaidInWords() {
        assertEquals(">= 0.9", Goal.atLeast(0.9).toString());
        assertEquals("<= 2", Goal.atMost(2).toString());
        assertEquals("0.35 to 0.65", Goal.between(0.35, 0.65).toString());
    }

    @Test
    void anUnknownStudyOrParameterIsRefusedWithThoseThatThereAre() {
        assertTrue(assertThrows(BadInputException.class, () -> Studies.named("nothing"))
                .getMessage()
                .contains("\"nothing\""));
        Study study = new Study() {
            @Override
            public Card card() {
                return new Card("one", "One", 2000, "", "", "");
            }

            @Override
            public List<Parameter> parameters() {
                return List.of(
                        Parameter.of("width", "numbers", 3, 4, 5).atMost(9), Parameter.real("power", "of it", 2));
            }

            @Override
            public Findings run(StudyRun run) {
                return new Findings(List.of(MET), List.of(), List.of());
            }
        };
        String message = assertThrows(
                        BadInputException.class,
                        () -> new StudyRun(study, Size.QUICK, 1, Map.of("depth", 1.0), StudyRun.Host.QUIET))
                .getMessage();
        assertTrue(message.contains("depth") && message.contains("width"), message);
        assertEquals(3, new StudyRun(study, Size.QUICK, 1, Map.of(), StudyRun.Host.QUIET).count("width"));
        Map.of(1.5, "1.5", -1.0, "-1", 10.0, "10", Double.NaN, "NaN", Double.POSITIVE_INFINITY, "Infinity")
                .forEach((bad, written) -> assertEquals(
                        "the parameter width is " + written + "; expected a whole number from 1 to 9.",
                        refused(study, "width", bad)));
        assertEquals("the parameter power is -0.5; expected a number from 0 on.", refused(study, "power", -0.5));
        Map<String, Double> good = Map.of("width", 9.0, "power", 0.5);
        new StudyRun(study, Size.FULL, 2, good, StudyRun.Host.QUIET).checkAtMost("power", "width");
        assertEquals(good, new StudyRun(study, Size.FULL, 2, good, StudyRun.Host.QUIET).values());
        StudyRun above = new StudyRun(study, Size.QUICK, 1, Map.of("width", 1.0, "power", 2.0), StudyRun.Host.QUIET);
        assertEquals(
                "the parameter power is 2 and width is 1; expected a power of at most the width.",
                assertThrows(BadInputException.class, () -> above.checkAtMost("power", "width"))
                        .getMessage());
    }

    /// A value is refused before anything is run.
    private static String refused(Study study, String name, double value) {
        return String.valueOf(assertThrows(
                        BadInputException.class,
                        () -> new StudyRun(study, Size.QUICK, 1, Map.of(name, value), StudyRun.Host.QUIET))
                .getMessage());
    }
}
