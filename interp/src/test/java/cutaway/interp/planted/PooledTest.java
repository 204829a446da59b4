package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.Sites.Cell;
import cutaway.interp.pool.Method;
import cutaway.interp.pool.Outcome;
import cutaway.interp.pool.Outcome.Cause;
import cutaway.interp.pool.Outcome.Group;
import cutaway.interp.pool.PooledSearch;
import cutaway.interp.pool.Settings;
import cutaway.interp.pool.SweepOracle;
import cutaway.interp.pool.Threshold;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Pooled search among all heads, MLPs and neurons at all positions, each of which takes its value from the contrast.
class PooledTest {

    /// In nats: what is planted does a hundredth of a nat or more.
    private static final Settings SETTINGS = Settings.of(new Threshold(1e-3));

    private static final List<Method> METHODS = List.of(
            new Method.Halving(),
            new Method.BinarySplitting(4),
            new Method.Dorfman(0.02),
            new Method.TwoStageDorfman());

    @TempDir
    private Path folder;

    /// Also two neurons that cancel where they meet in a pool, and heads that a later one hides.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void findsThePlantedPartsAlone(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                List<Cell> parts = parts(model, question.metric(), question.prompt().length);
                Map<Cell, Double> expected = new HashMap<>(question.effects().at());
                expected.keySet().retainAll(parts);
                for (Method method : METHODS) {
                    Outcome outcome =
                            search(model, question.base(), question.other(), question.metric(), parts, method);
                    String said = question + ", " + method + ": " + outcome.summary();
                    Map<Cell, Double> found = outcome.causes().stream()
                            .collect(Collectors.toMap(cause -> parts.get(cause.item()), Cause::effect));
                    assertEquals(expected.keySet(), found.keySet(), said);
                    expected.forEach((cell, effect) ->
                            assertEquals(effect, found.get(cell), PatchingTest.ROUNDING, said + cell));
                    assertTrue(
                            outcome.groups().isEmpty() && outcome.unexplained().isEmpty(), said);
                    assertTrue(outcome.cost().runs() < outcome.cost().oneEach(), said);
                }
            }
        }
    }

    /// With both tokens there, OR wants both heads edited; with neither, AND. Either alone does nothing.
    @ParameterizedTest
    @EnumSource(Family.class)
    void findsHeadsThatActOnlyTogether(Family family) {
        try (Model model = Gate.OR.plan(family).open(folder)) {
            assertPair(model, Gate.BOTH, Gate.NEITHER, -1);
        }
        try (Model model = Gate.AND.plan(family).open(folder)) {
            assertPair(model, Gate.NEITHER, Gate.BOTH, 1);
        }
    }

    private static void assertPair(Model model, Source base, Source from, double effect) {
        List<Cell> parts = parts(model, Gate.METRIC, 4).stream()
                .filter(cell -> cell.site().point().layer() == 0)
                .toList();
        for (Method method : METHODS) {
            Outcome outcome = search(model, base, from, Gate.METRIC, parts, method);
            assertEquals(List.of(), outcome.causes(), outcome.summary());
            assertEquals(1, outcome.groups().size(), method + ": " + outcome.summary());
            Group group = outcome.groups().getFirst();
            assertEquals(
                    Set.of(new Cell(Gate.X, 3), new Cell(Gate.Y, 3)),
                    group.items().stream().map(parts::get).collect(Collectors.toSet()));
            assertEquals(effect, group.effect(), PatchingTest.ROUNDING);
        }
    }

    private static Outcome search(
            Model model, Source base, Source from, Metric metric, List<Cell> parts, Method method) {
        List<List<Edit>> items = parts.stream()
                .map(cell -> List.<Edit>of(new Edit.Patch(cell.site(), Positions.of(cell.pos()), from)))
                .toList();
        try (SweepOracle oracle = new SweepOracle(model, base, metric, items)) {
            return PooledSearch.find(oracle, method, SETTINGS);
        }
    }

    private static List<Cell> parts(Model model, Metric metric, int length) {
        return Sites.all(model.sizes(), metric, length).stream()
                .filter(cell -> switch (cell.site()) {
                    case Site.MlpOut _ -> true;
                    case Site.Head(int layer, int head, HeadPart part) -> part == HeadPart.Z;
                    case Site.Neuron(int layer, int index, NeuronPart part) -> part == NeuronPart.POST;
                    default -> false;
                })
                .toList();
    }
}
