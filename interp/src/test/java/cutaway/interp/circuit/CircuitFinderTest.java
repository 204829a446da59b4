package cutaway.interp.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.circuit.CircuitReport.Circuit;
import cutaway.interp.circuit.CircuitReport.Gap;
import cutaway.interp.circuit.CircuitReport.Half;
import cutaway.interp.circuit.CircuitReport.Need;
import cutaway.interp.circuit.CircuitReport.Own;
import cutaway.interp.circuit.CircuitReport.Prompt;
import cutaway.interp.edit.Metric;
import cutaway.interp.planted.PlantedCircuit;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.run.Runs;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Over prompts of a model in which the truth is known.
class CircuitFinderTest {

    private static final Set<Node> CIRCUIT = PlantedCircuit.small(0).nodes();
    private static final Node AT_SUBJECT = new Node(new Component.Mlp(0), "S");
    private static final Node READER = new Node(new Component.Mlp(2), "last");
    private static final Component HELPER = PlantedCircuit.small(0).helper();

    /// What float32 and norms that are not quite constant leave of a share that is 0 or 1.
    private static final double NOISE = 1e-4;

    private static final PositionChoice ROLES = PositionChoice.parse("S+filler+last");

    @TempDir
    private Path folder;

    /// The planted nodes where they work, no decoy, everything that the model does, and each of them needed.
    @ParameterizedTest
    @EnumSource(Ranking.class)
    void theCircuitIsWhatWasPlantedWhereItWorks(Ranking ranking) {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            CircuitReport report =
                    find(model, PlantedCircuit.pairs(12, 0), ROLES, settings().rankedBy(ranking));
            assertEquals(Verdict.FOUND, report.verdict(), report.why());
            Circuit circuit = report.circuit().orElseThrow();
            assertEquals(CIRCUIT, nodes(circuit));
            assertEquals(1, circuit.faithfulness().mean().value(), NOISE);
            assertEquals(1, circuit.faithfulness().ofMeans().value(), NOISE);
            assertEquals(0, circuit.faithfulness().without().value(), NOISE);
            assertEquals(0, circuit.faithfulness().empty().value(), NOISE);
            assertEquals(0, circuit.completeness().random().value(), NOISE);
            assertEquals(0, circuit.completeness().greedy().gap().value(), NOISE);
            for (Gap gap : circuit.completeness().subsets()) {
                assertEquals(0, gap.gap().value(), NOISE, gap.toString());
            }
            for (Need need : circuit.members()) { // a chain breaks wherever it is cut
                assertEquals(1, need.alone().value(), NOISE, need.toString());
                assertTrue(need.shown(), need.toString());
            }
            assertEquals(List.of(), circuit.notShown());
            assertEquals(0.01, circuit.control().p(), 1e-9); // of 99 random circuits none, and itself
            assertTrue(circuit.control().random().getLast() < NOISE);
        }
    }

    @Test
    void withoutRolesTheComponentsAreFound() {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            CircuitReport report = find(model, PlantedCircuit.pairs(12, 1), PositionChoice.ALL, settings());
            Circuit circuit = report.circuit().orElseThrow();
            assertEquals(
                    CIRCUIT.stream().map(node -> Node.of(node.component())).collect(Collectors.toSet()),
                    nodes(circuit));
            assertEquals(1, report.ceiling(), NOISE);
            assertEquals(15, report.nodes());
            assertEquals(1, circuit.faithfulness().mean().value(), NOISE);
        }
    }

    /// The mover does 0.85 of the moving and a helper the rest, so the circuit stops at the mover; without the mover
    /// the model still has the helper's 0.15, and the circuit nothing.
    @Test
    void whatTheCircuitLacksIsAGap() {
        try (Model model = PlantedCircuit.small(0.15).open(folder)) {
            CircuitReport report = find(model, PlantedCircuit.pairs(12, 2), ROLES, settings());
            Circuit circuit = report.circuit().orElseThrow();
            assertEquals(CIRCUIT, nodes(circuit));
            assertEquals(0.85, circuit.faithfulness().mean().value(), NOISE);
            assertEquals(0.15, Math.abs(circuit.completeness().greedy().gap().value()), NOISE);
            assertEquals(0.15, gap(circuit, Set.of()), NOISE);
            for (Gap gap : circuit.completeness().subsets()) {
                boolean theHelperIsRead =
                        !gap.without().contains(AT_SUBJECT) && !gap.without().contains(READER);
                assertEquals(theHelperIsRead ? 0.15 : 0, gap.gap().value(), NOISE, gap.toString());
            }
        }
    }

    /// A node that stands in for another is needed only where that one is missing.
    @Test
    void aStandInIsNeededGivenTheOther() {
        try (Model model = PlantedCircuit.small(0.4).open(folder)) {
            CircuitReport report = find(model, PlantedCircuit.pairs(12, 3), ROLES, settings());
            Circuit circuit = report.circuit().orElseThrow();
            Node helper = new Node(HELPER, "last");
            assertTrue(nodes(circuit).contains(helper));
            Need need = circuit.members().stream()
                    .filter(one -> one.node().equals(helper))
                    .findFirst()
                    .orElseThrow();
            assertEquals(0.4, need.alone().value(), NOISE);
            assertTrue(need.shown());
        }
    }

    /// What is stated of a prompt is what a plain run under the stated edits gives.
    @Test
    void editsGiveTheFaithfulness() {
        try (Model model = PlantedCircuit.small(0.15).open(folder)) {
            List<PromptPair> pairs = PlantedCircuit.pairs(12, 4);
            Circuit circuit = find(model, pairs, ROLES, settings()).circuit().orElseThrow();
            Pair pair = Pair.read(model, pairs).get(circuit.repeat().pair());
            Metric metric = new Metric.LogitDifference(pair.answer(), pair.against());
            double alone =
                    Runs.measure(model, ids(pair.prompt()), circuit.repeat().edits(), metric);
            double prompt = Runs.measure(model, ids(pair.prompt()), List.of(), metric);
            double contrast = Runs.measure(model, ids(pair.contrast()), List.of(), metric);
            assertEquals(
                    (alone - contrast) / (prompt - contrast), circuit.repeat().faithfulness(), NOISE);
            Own own = circuit.faithfulness().prompts().getFirst();
            assertEquals(own.pair(), circuit.repeat().pair());
            assertEquals(own.faithfulness(), circuit.repeat().faithfulness());
        }
    }

    @Test
    void nullPairsHaveNone() {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            CircuitReport report = find(model, PlantedCircuit.nullPairs(12, 5), ROLES, settings());
            assertEquals(Verdict.NOT_AS_ASKED, report.verdict());
            assertTrue(report.circuit().isEmpty());
            assertTrue(report.why().startsWith("no circuit: 12 of 12 pairs do not move as asked"), report.why());
            assertTrue(report.prompts().stream().allMatch(prompt -> prompt.half() == Half.LEFT_OUT));
        }
    }

    /// What moves as asked by chance is no circuit's work, even where one carries it: of twelve pairs at least eight
    /// must, and the others are left out.
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 7})
    void pairsOfWhichTooManyDoNotMoveHaveNone(int turned) {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            List<Pair> pairs = Pair.read(model, PlantedCircuit.pairs(12, 5)).stream()
                    .map(pair -> pair.index() < turned ? pair.asked(pair.against(), pair.answer()) : pair)
                    .toList();
            CircuitReport report = new CircuitFinder(model, settings(), (step, done) -> {}).find(pairs, ROLES);
            boolean isEnough = turned <= 4;
            assertEquals(isEnough ? Verdict.FOUND : Verdict.NOT_AS_ASKED, report.verdict(), report.why());
            assertEquals(isEnough, report.circuit().isPresent());
            assertEquals(
                    !isEnough, report.why().startsWith("no circuit: " + turned + " of 12 pairs do not move as asked"));
            assertEquals(
                    isEnough ? turned : 12,
                    report.prompts().stream()
                            .filter(prompt -> prompt.half() == Half.LEFT_OUT)
                            .count());
        }
    }

    @Test
    void pairsWithoutEffectAreLeftOutByName() {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            List<PromptPair> pairs = Stream.concat(
                            PlantedCircuit.pairs(10, 6).stream(),
                            Stream.of(PlantedCircuit.nullPairs(11, 6).getLast()))
                    .toList();
            CircuitReport report = find(model, pairs, ROLES, settings());
            assertEquals(Verdict.FOUND, report.verdict(), report.why());
            List<Integer> out = report.prompts().stream()
                    .filter(prompt -> prompt.half() == Half.LEFT_OUT)
                    .map(Prompt::pair)
                    .toList();
            assertEquals(List.of(10), out);
        }
    }

    /// Where the roles do not hold what works, all nodes together fall short, and nothing is found.
    @ParameterizedTest
    @ValueSource(strings = {"filler+last", "S+filler", "last"})
    void whatWorksElsewhereIsNotFound(String at) {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            CircuitReport report = find(model, PlantedCircuit.pairs(12, 7), PositionChoice.parse(at), settings());
            assertEquals(Verdict.NONE_SMALL, report.verdict());
            assertEquals(0, report.ceiling(), NOISE);
            assertTrue(report.circuit().isEmpty());
        }
    }

    @Test
    void aRoleBeforeTheFirstDifferenceIsIdle() {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            CircuitReport report =
                    find(model, PlantedCircuit.pairs(12, 8), PositionChoice.parse("0+S+last"), settings());
            assertEquals(Verdict.FOUND, report.verdict(), report.why());
            assertEquals(List.of("0"), report.idle());
        }
    }

    @Test
    void theSameSeedFindsTheSame() {
        try (Model model = PlantedCircuit.small(0.15).open(folder)) {
            List<PromptPair> pairs = PlantedCircuit.pairs(8, 9);
            assertEquals(find(model, pairs, ROLES, settings()), find(model, pairs, ROLES, settings()));
        }
    }

    @Test
    void refusesWhatCannotBeSplit() {
        try (Model model = PlantedCircuit.small(0).open(folder)) {
            assertThrows(BadInputException.class, () -> find(model, PlantedCircuit.pairs(3, 0), ROLES, settings()));
            BadInputException overlap = assertThrows(
                    BadInputException.class,
                    () -> find(model, PlantedCircuit.pairs(8, 0), PositionChoice.parse("S+0..2"), settings()));
            assertTrue(overlap.getMessage().contains("share the token"), overlap.getMessage());
        }
    }

    private static Settings settings() {
        return Settings.seeded(0);
    }

    private static CircuitReport find(Model model, List<PromptPair> pairs, PositionChoice at, Settings settings) {
        return new CircuitFinder(model, settings, (step, done) -> {}).find(Pair.read(model, pairs), at);
    }

    private static Set<Node> nodes(Circuit circuit) {
        return circuit.members().stream().map(Need::node).collect(Collectors.toSet());
    }

    private static double gap(Circuit circuit, Set<Node> without) {
        return circuit.completeness().subsets().stream()
                .filter(gap -> Set.copyOf(gap.without()).equals(without))
                .findFirst()
                .orElseThrow()
                .gap()
                .value();
    }

    private static int[] ids(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
