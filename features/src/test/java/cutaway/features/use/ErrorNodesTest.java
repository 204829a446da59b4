package cutaway.features.use;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.circuit.Case;
import cutaway.interp.circuit.CircuitBench;
import cutaway.interp.circuit.CircuitFinder;
import cutaway.interp.circuit.CircuitReport;
import cutaway.interp.circuit.CircuitReport.Circuit;
import cutaway.interp.circuit.CircuitReport.ErrorNode;
import cutaway.interp.circuit.CircuitReport.Need;
import cutaway.interp.circuit.CircuitReport.Repeat;
import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Node;
import cutaway.interp.circuit.Ranking;
import cutaway.interp.circuit.SaeError;
import cutaway.interp.circuit.Setting;
import cutaway.interp.circuit.Settings;
import cutaway.interp.circuit.Verdict;
import cutaway.interp.edit.Json;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.planted.PlantedCircuit;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/// Errors of dictionaries as nodes of circuits, in a model in which the truth is known: what is told of the subject
/// stands in one number of the residual stream, of which a dictionary says all or nothing.
class ErrorNodesTest {

    private static final PlantedCircuit PLANTED = PlantedCircuit.small(0);
    private static final int D = 32;

    /// Where the teller writes and the mover reads, and a number that nobody reads.
    private static final int TOLD = 1;

    private static final int UNREAD = 9;
    private static final Site AFTER_TELLER = new Site.Resid(0, Moment.POST);
    private static final PositionChoice ROLES = PositionChoice.parse("S+filler+last");

    /// What float32 and norms that are not quite constant leave of a share that is 0 or 1.
    private static final double NOISE = 1e-3;

    private static Model model;

    private final List<DictionaryBasis> bases = new ArrayList<>();

    @BeforeAll
    static void open(@TempDir Path folder) {
        model = PLANTED.open(folder);
    }

    @AfterAll
    static void closeModel() {
        model.close();
    }

    @AfterEach
    void close() {
        bases.forEach(DictionaryBasis::close);
    }

    /// A dictionary that says some numbers of the residual stream exactly, by a latent for each sign, and of the others
    /// nothing.
    private static Dictionary saying(IntPredicate said, Site input, Site output) {
        int[] numbers = IntStream.range(0, D).filter(said).toArray();
        float[] weights = new float[2 * numbers.length * D];
        for (int i = 0; i < numbers.length; i++) {
            weights[2 * i * D + numbers[i]] = 1;
            weights[(2 * i + 1) * D + numbers[i]] = -1;
        }
        long latents = 2L * numbers.length;
        return new Dictionary(
                new Dictionary.Weights(
                        Tensor.of(weights, latents, D),
                        Tensor.of(new float[2 * numbers.length], latents),
                        Tensor.of(weights, latents, D),
                        Tensor.of(new float[D], D),
                        Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                new Origin("planted", List.of(input), List.of(output), Map.of()));
    }

    private DictionaryBasis basis(IntPredicate said) {
        return kept(new DictionaryBasis("all-but", saying(said, AFTER_TELLER, AFTER_TELLER)));
    }

    private DictionaryBasis kept(DictionaryBasis basis) {
        bases.add(basis);
        return basis;
    }

    /// The same with a map that foretells a share of what is told.
    private DictionaryBasis split(double share) {
        double[] weights = new double[D * D];
        weights[TOLD * D + TOLD] = share;
        LinearError map = new LinearError(
                new LinearError.Facts("", List.of(), List.of(), "acts", 100, 90, 0.3, 0.2, 0.4),
                Tensor.of(weights, D, D),
                Tensor.of(new double[D], D));
        return kept(new DictionaryBasis(
                "split", saying(number -> number != TOLD, AFTER_TELLER, AFTER_TELLER), Optional.of(map)));
    }

    private static SaeError error(DictionaryBasis basis, ErrorPart part) {
        return new SaeError(new ErrorTerm(basis, part));
    }

    private static CircuitReport find(Ranking ranking, SaeError... errors) {
        return new CircuitFinder(model, Settings.seeded(0).rankedBy(ranking), List.of(errors), (step, done) -> {})
                .find(Pair.read(model, PlantedCircuit.pairs(12, 0)), ROLES);
    }

    private static Set<Node> members(CircuitReport report) {
        return report.circuit().orElseThrow().members().stream().map(Need::node).collect(Collectors.toSet());
    }

    private static Set<Node> plantedAnd(Node... more) {
        Set<Node> nodes = new HashSet<>(PLANTED.nodes());
        nodes.addAll(List.of(more));
        return nodes;
    }

    private static double without(Circuit circuit, Node node) {
        return errorOf(circuit, node).without().value();
    }

    /// The chain goes through the error at the subject, and breaks there as it breaks anywhere else.
    @ParameterizedTest
    @EnumSource(Ranking.class)
    void anErrorThatHoldsWhatIsToldIsFound(Ranking ranking) {
        SaeError error = error(basis(number -> number != TOLD), ErrorPart.WHOLE);
        Node there = new Node(error, "S");
        CircuitReport report = find(ranking, error);
        assertEquals(Verdict.FOUND, report.verdict(), report.why());
        assertEquals(plantedAnd(there), members(report));
        Circuit circuit = report.circuit().orElseThrow();
        assertEquals(1, circuit.faithfulness().mean().value(), NOISE);
        assertEquals(0, circuit.faithfulness().empty().value(), NOISE); // a difference of two runs would give -1
        for (Need need : circuit.members()) {
            assertEquals(1, need.alone().value(), NOISE, need.toString());
            assertTrue(need.shown(), need.toString());
        }
        assertEquals(0, without(circuit, there), NOISE);
        assertTrue(errorOf(circuit, there).member());
    }

    private static ErrorNode errorOf(Circuit circuit, Node node) {
        return circuit.errors().stream()
                .filter(error -> error.node().equals(node))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Ranking.class)
    void anErrorThatNobodyReadsIsNot(Ranking ranking) {
        SaeError error = error(basis(number -> number != UNREAD), ErrorPart.WHOLE);
        CircuitReport report = find(ranking, error);
        assertEquals(plantedAnd(), members(report));
        Circuit circuit = report.circuit().orElseThrow();
        assertEquals(1, circuit.faithfulness().mean().value(), NOISE);
        assertFalse(circuit.errors().isEmpty());
        for (ErrorNode one : circuit.errors()) {
            assertFalse(one.member());
            assertEquals(1, one.without().value(), NOISE, one.toString());
        }
    }

    @Test
    void thePartThatHoldsItIsFound() {
        DictionaryBasis linear = split(1);
        SaeError[] parts = {error(linear, ErrorPart.LINEAR), error(linear, ErrorPart.NONLINEAR)};
        assertEquals(plantedAnd(new Node(parts[0], "S")), members(find(Ranking.ATTRIBUTION, parts)));
        DictionaryBasis nonlinear = split(0);
        SaeError[] others = {error(nonlinear, ErrorPart.LINEAR), error(nonlinear, ErrorPart.NONLINEAR)};
        assertEquals(plantedAnd(new Node(others[1], "S")), members(find(Ranking.ATTRIBUTION, others)));
    }

    /// Of 0.3 and 0.7 of what is told, each is missed by as much; without both nothing is left, as without the whole.
    @Test
    void partsAddUpToTheWhole() {
        DictionaryBasis basis = split(0.3);
        Node linear = new Node(error(basis, ErrorPart.LINEAR), "S");
        Node nonlinear = new Node(error(basis, ErrorPart.NONLINEAR), "S");
        CircuitReport report =
                find(Ranking.ATTRIBUTION, (SaeError) linear.component(), (SaeError) nonlinear.component());
        assertEquals(plantedAnd(linear, nonlinear), members(report));
        Circuit circuit = report.circuit().orElseThrow();
        assertEquals(0.7, without(circuit, linear), NOISE);
        assertEquals(0.3, without(circuit, nonlinear), NOISE);
        assertEquals(0, circuit.faithfulness().empty().value(), NOISE);
        List<Node> all = new ArrayList<>(Node.of(Component.all(model.sizes())));
        Node both = Node.of(error(basis, ErrorPart.WHOLE));
        all.add(both);
        try (CircuitBench bench = CircuitBench.of(Case.whole("one", setting()), all)) {
            assertEquals(0, bench.without(List.of(both)), NOISE);
        }
        all.remove(both);
        List<Node> parts = Stream.of(linear, nonlinear)
                .map(node -> Node.of(node.component()))
                .toList();
        all.addAll(parts);
        try (CircuitBench bench = CircuitBench.of(Case.whole("one", setting()), all)) {
            assertEquals(0, bench.without(parts), NOISE);
            assertEquals(0.7, bench.without(parts.subList(0, 1)), NOISE);
        }
    }

    /// In this model the margin is linear in what is told, so the first order is exact: with all at work the error is
    /// worth all of it. While it is outside, what the teller writes is lost in the dictionary.
    @Test
    void gradientsGoThroughWhatTheDictionarySays() {
        Node error = Node.of(error(basis(number -> number != TOLD), ErrorPart.WHOLE));
        Node teller = Node.of(PLANTED.teller());
        List<Node> all = new ArrayList<>(Node.of(Component.all(model.sizes())));
        all.add(error);
        try (CircuitBench bench = CircuitBench.of(Case.whole("one", setting()), all)) {
            Map<Node, Double> gains = bench.gains(all);
            assertEquals(1, gains.get(error), 0.01);
            assertEquals(1, gains.get(teller), 0.01);
            List<Node> others = all.stream().filter(node -> !node.equals(error)).toList();
            Map<Node, Double> lost = bench.gains(others);
            assertEquals(0, lost.get(teller), 0.01);
            assertEquals(1, lost.get(error), 0.01);
            double[] byPosition = bench.gainsByPosition(all).get(error);
            assertEquals(1, byPosition[0], 0.01); // the subject is the first position that differs
            assertEquals(1, Arrays.stream(byPosition).sum(), 0.01);
        }
    }

    private static Setting setting() {
        Pair pair = Pair.read(model, PlantedCircuit.pairs(1, 3)).getFirst();
        Metric.LogitDifference metric = new Metric.LogitDifference(pair.answer(), pair.against());
        int[] prompt = ids(pair.prompt());
        int[] contrast = ids(pair.contrast());
        return new Setting(
                model,
                Source.of(prompt, List.of()),
                Source.of(contrast, List.of()),
                prompt,
                pair.firstDifference(),
                metric,
                Runs.measure(model, prompt, List.of(), metric),
                Runs.measure(model, contrast, List.of(), metric));
    }

    private static int[] ids(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /// What is written to repeat a prompt holds numbers alone, and gives the same.
    @Test
    void theEditsThatRepeatAPromptCanBeWritten() {
        CircuitReport report = find(Ranking.ATTRIBUTION, error(split(0.3), ErrorPart.LINEAR));
        Repeat repeat = report.circuit().orElseThrow().repeat();
        Pair pair = Pair.read(model, PlantedCircuit.pairs(12, 0)).get(repeat.pair());
        Metric metric = new Metric.LogitDifference(pair.answer(), pair.against());
        double here = Runs.measure(model, ids(pair.prompt()), List.of(), metric);
        double there = Runs.measure(model, ids(pair.contrast()), List.of(), metric);
        double edited = Runs.measure(
                model,
                ids(pair.prompt()),
                Json.edits(JsonMapper.shared().valueToTree(repeat).path("edits").toString(), "the record"),
                metric);
        assertEquals(repeat.faithfulness(), (edited - there) / (here - there), NOISE);
    }

    @Test
    void whatCannotBeANodeIsRefused() {
        DictionaryBasis transcoder = kept(new DictionaryBasis(
                "through", saying(number -> true, new Site.Resid(0, Moment.MID), new Site.MlpOut(0))));
        refused("through reads blocks.0.hook_resid_mid and writes", () -> error(transcoder, ErrorPart.WHOLE));
        SaeError one = error(basis(number -> number != TOLD), ErrorPart.WHOLE);
        SaeError other = error(split(1), ErrorPart.LINEAR);
        refused("are both of blocks.0.hook_resid_post", () -> find(Ranking.ATTRIBUTION, one, other));
        DictionaryBasis basis = split(1);
        refused(
                "holds its two parts",
                () -> find(Ranking.ATTRIBUTION, error(basis, ErrorPart.WHOLE), error(basis, ErrorPart.LINEAR)));
        DictionaryBasis elsewhere = kept(new DictionaryBasis(
                "deep", saying(number -> true, new Site.Resid(7, Moment.POST), new Site.Resid(7, Moment.POST))));
        refused("which this model does not have", () -> find(Ranking.ATTRIBUTION, error(elsewhere, ErrorPart.WHOLE)));
    }

    private static void refused(String part, Runnable asked) {
        BadInputException refused = assertThrows(BadInputException.class, asked::run);
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }
}
