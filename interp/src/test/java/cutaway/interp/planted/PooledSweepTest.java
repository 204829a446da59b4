package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.effects.Ablation;
import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.AttentionKnockout;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.PathEffects;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.Sites.Cell;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a pooled sweep finds of an induction pair: the rows with an effect, and no others.
class PooledSweepTest {

    private static final Induction INDUCTION = new Induction(3, 4);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Family.class)
    void patchesAndAblations(Family family) {
        double m = INDUCTION.margin();
        String[] sites = {"head_z[0.*]@each", "head_z[1.*]@last", "mlp_out[0]", "neuron_post[0.*]@each"};
        Cell third = new Cell(Induction.BEFORE, 3);
        Cell fifth = new Cell(Induction.BEFORE, 5);
        Cell last = new Cell(Induction.INDUCTION, 6);
        try (Model model = INDUCTION.open(family, folder)) {
            Method patching = new ActivationPatching(Direction.NOISE);
            check(find(model, patching, sites), Map.of(third, -m, fifth, -m, last, -2 * m));
            Method zero = new Ablation(Ablation.By.ZERO, 1);
            check(find(model, zero, sites), Map.of(third, -m, last, -m));
        }
    }

    /// One key of each head. With all keys of a head together its query would see nothing: that is refused.
    @ParameterizedTest
    @EnumSource(Family.class)
    void knockouts(Family family) {
        double m = INDUCTION.margin();
        try (Model model = INDUCTION.open(family, folder)) {
            Method last = new AttentionKnockout(PositionChoice.parse("last"));
            Site scores = new Site.Head(1, 2, HeadPart.SCORES);
            Map<Cell, Double> expected = new HashMap<>();
            double other = 4 * (Math.exp(3) - 1) / (Math.exp(3) + 5) - m;
            expected.put(new Cell(scores, 0), other);
            expected.put(new Cell(scores, 3), -4.0 / 6 - m);
            check(find(model, last, "head_scores[0.*]@1+2+3", "head_scores[1.*]@0+3"), expected);
            BadInputException blind =
                    assertThrows(BadInputException.class, () -> find(model, last, "head_scores@each"));
            assertTrue(blind.getMessage().contains("pooled"), blind.getMessage());
        }
    }

    /// Many tell one receiver something else, and only the first head of all matters to it: whoever writes later
    /// must not hide that. The induction head stands in the eleventh block.
    @ParameterizedTest
    @EnumSource(Family.class)
    void pathsToOneReceiver(Family family) {
        int end = 10;
        Plan plan = new Plan(family, end + 1);
        Look.Match match = new Look.Match(Space.TOKEN, Space.PREVIOUS, INDUCTION.sharp());
        plan.head(0, 1, new Look.Previous(), Move.of(Space.TOKEN, Space.PREVIOUS, 1));
        plan.head(end, 2, match, Move.of(Space.TOKEN, Space.OUT, INDUCTION.strong()));
        Decoys.fill(plan, 0, 1, new Look.Previous(), Space.TOKEN, Set.of());
        IntStream.range(1, end).forEach(layer -> Decoys.fill(plan, layer, -1, match, Space.TOKEN, Set.of()));
        Decoys.fill(plan, end, 2, match, Space.TOKEN, Set.of());
        double change = -2 * INDUCTION.margin();
        try (Model model = plan.open(folder)) {
            String keys = "head_k[%d.%d]".formatted(end, Sites.kvHead(model.sizes(), 2));
            Method paths = new PathEffects(Direction.NOISE, List.of(keys));
            check(
                    find(model, paths, "embed@all", "head_z", "attn_out@all", "mlp_out@all"),
                    Map.of(new Cell(Induction.BEFORE, 0), change, new Cell(new Site.AttnOut(0), 0), change));
        }
    }

    private static List<Effect> find(Model model, Method method, String... sites) {
        Question keys = INDUCTION.questions(model.sizes()).getFirst();
        return EffectSweep.of(method, sites)
                .pooled(1e-3)
                .run(model, List.of(Rows.pair(keys)))
                .rows();
    }

    private static void check(List<Effect> rows, Map<Cell, Double> expected) {
        Map<Cell, Double> found = new HashMap<>();
        rows.forEach(row -> found.put(Rows.cell(row), row.effect()));
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach(
                (cell, effect) -> assertEquals(effect, found.get(cell), PatchingTest.ROUNDING, cell.toString()));
    }
}
