package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.DirectLogits;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.EdgeGradients;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.GradientPatching;
import cutaway.interp.effects.LogitLens;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.PathEffects;
import cutaway.interp.effects.TokenGradients;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.Question.Path;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The methods as [EffectSweep] asks them of pairs of prompts: every row of what it finds.
class PairSweepTest {

    /// At positions that reach the metric.
    private static final String[] SITES = {
        "embed",
        "resid_pre",
        "resid_mid[0]",
        "resid_post[0]",
        "attn_out[0]",
        "mlp_out[0]",
        "head_q[0.*]@each",
        "head_k[0.*]@each",
        "head_v[0.*]@each",
        "head_scores[0.*]@each",
        "head_pattern[0.*]@each",
        "head_z[0.*]@each",
        "head_result[0.*]@each",
        "neuron_pre[0.*]@each",
        "neuron_post[0.*]@each",
        "head_k[1.*]@each",
        "head_v[1.*]@each",
        "head_q[1.*]@last",
        "head_scores[1.*]@last",
        "head_pattern[1.*]@last",
        "head_z[1.*]@last",
        "head_result[1.*]@last",
        "attn_out[1]@last",
        "mlp_out[1]@last",
        "neuron_post[1.*]@last",
        "resid_mid[1]@last",
        "resid_post[1]@last"
    };

    @TempDir
    private java.nio.file.Path folder;

    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void patching(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                for (Direction direction : Direction.values()) {
                    int sign = direction == Direction.NOISE ? 1 : -1;
                    for (Effect row : rows(model, question, new ActivationPatching(direction), SITES)) {
                        double expected = sign * question.effects().of(Rows.cell(row));
                        assertEquals(expected, row.effect(), PatchingTest.near(expected), question + ": " + row);
                        if (question.change() < 0) {
                            double share = expected / (sign * question.change());
                            assertEquals(share, row.recovered(), PatchingTest.ROUNDING, question + ": " + row);
                        } else { // the contrast has as much of the answer
                            assertNull(row.recovered(), question + ": " + row);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void paths(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                List<String> receivers = question.paths().isEmpty()
                        ? List.of("logits", "mlp_in[1]", "head_k[1.1]")
                        : question.paths().keySet().stream()
                                .map(path -> Rows.name(path.receiver()))
                                .distinct()
                                .toList();
                Method paths = new PathEffects(Direction.NOISE, receivers);
                String[] senders = {"embed@all", "head_z", "mlp_out@all", "attn_out@all"};
                for (Effect row : rows(model, question, paths, senders)) {
                    double told = question.told(Rows.path(row, 2));
                    assertEquals(told, row.effect(), PatchingTest.near(told), question + ": " + row);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void edges(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                for (Effect row : rows(model, question, new EdgeGradients(Direction.NOISE, 1))) {
                    double estimate = question.estimated(Rows.path(row, 2));
                    assertEquals(estimate, row.effect(), 1e-4, question + ": " + row);
                }
                for (Effect row : rows(model, question, new EdgeGradients(Direction.NOISE, 50))) {
                    Path path = Rows.path(row, 2);
                    double miss = Math.abs(question.estimated(path)) / 50;
                    assertEquals(question.told(path), row.effect(), 1e-4 + miss, question + ": " + row);
                }
            }
        }
    }

    /// Of what is behind the softmax or the neuron, patching; in front of it, what one gradient says of the edge
    /// that leads through it.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void attribution(PlantedModel planted, Family family) {
        String[] behind = {"head_pattern[1.*]@last", "head_z[1.*]@last", "resid_post[1]@last", "head_v[1.*]@each"};
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                Method attribution = new GradientPatching(Direction.NOISE);
                for (Effect row : rows(model, question, attribution, behind)) {
                    assertEquals(question.effects().of(Rows.cell(row)), row.effect(), 1e-4, question + ": " + row);
                }
                double embed = rows(model, question, attribution, "embed@all")
                        .getFirst()
                        .effect();
                double estimate = question.paths().keySet().stream()
                        .filter(path -> path.sender().equals(new Site.Embed()))
                        .mapToDouble(question::estimated)
                        .sum();
                assertEquals(estimate, embed, 1e-4, question + "");
            }
        }
    }

    /// Nothing is unembedded before the head that writes, and all behind it; of the tokens, contributions.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void directLogitsLensAndTokens(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                double margin = question.margin();
                for (Effect row : rows(model, question, new DirectLogits())) {
                    boolean writes = Rows.cell(row).site().equals(planted.writer());
                    assertEquals(writes ? margin : 0, row.effect(), PatchingTest.ROUNDING, question + ": " + row);
                }
                for (Effect row : rows(model, question, new LogitLens(), "resid_pre@last", "attn_out@last")) {
                    boolean written = row.layer() > planted.writer().layer()
                            ? row.site().equals("resid_pre")
                            : row.layer() == planted.writer().layer()
                                    && row.site().equals("attn_out");
                    assertEquals(written ? margin : 0, row.value(), PatchingTest.ROUNDING, question + ": " + row);
                }
                for (Effect row : rows(model, question, new TokenGradients(Direction.DENOISE, 100))) {
                    double part = question.tokens().getOrDefault(row.position(), 0.0);
                    assertEquals(part, row.effect(), 0.05, question + ": " + row);
                }
            }
        }
    }

    private static List<Effect> rows(Model model, Question question, Method method, String... sites) {
        List<Effect> rows = EffectSweep.of(method, sites)
                .run(model, List.of(Rows.pair(question)))
                .rows();
        assertTrue(Stream.of(sites).count() <= rows.size(), "rows are missing");
        return rows;
    }
}
