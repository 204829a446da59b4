package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.effects.Ablation;
import cutaway.interp.effects.AttentionKnockout;
import cutaway.interp.effects.CausalTracing;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Method;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.Sites.Cell;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What [EffectSweep] asks of prompts alone: ablation, attention knockout, causal tracing.
class PromptSweepTest {

    private static final Induction INDUCTION = new Induction(3, 4);
    private static final CopyHead COPY = new CopyHead(2, 3);
    private static final Lookup LOOKUP = new Lookup(2, 3);

    @TempDir
    private Path folder;

    /// Of two prompts, the mean is over both: the head that copies gathers 1/2, 1/3 and p of the name in one of
    /// them. The first is resampled from the second, which has another name.
    @ParameterizedTest
    @EnumSource(Family.class)
    void ablation(Family family) {
        double m = COPY.margin();
        double mean = COPY.strong() * (1.0 / 2 + 1.0 / 3 + COPY.match()) / 8 - m;
        PromptPair first = PromptPair.of("t0 t1 t4 t7", "t0 t2 t4 t7", " t1", " t2");
        PromptPair second = PromptPair.of("t0 t3 t4 t7", "t0 t2 t4 t7", " t3", " t2");
        Map<Ablation.By, Double> expected =
                Map.of(Ablation.By.ZERO, -m, Ablation.By.MEAN, mean, Ablation.By.RESAMPLE, -m);
        try (Model model = COPY.open(family, folder)) {
            expected.forEach((by, effect) -> check(
                    EffectSweep.of(new Ablation(by, 3), "head_z", "mlp_out@all")
                            .run(model, List.of(first, second))
                            .rows(),
                    Map.of(new Cell(CopyHead.COPY, 0), effect)));
        }
    }

    /// The last query is kept from a key. From the one that matches: then it looks at the six others alike, among
    /// them that of token 4. From another: then there is one less.
    @ParameterizedTest
    @EnumSource(Family.class)
    void knockoutOfKeys(Family family) {
        double m = INDUCTION.margin();
        double match = Math.exp(3);
        Method last = new AttentionKnockout(PositionChoice.parse("last"));
        try (Model model = INDUCTION.open(family, folder)) {
            Site scores = new Site.Head(1, 2, HeadPart.SCORES);
            double other = 4 * (match - 1) / (match + 5) - m;
            check(
                    sweep(model, last, "head_scores[1.*]@each"),
                    Map.of(
                            new Cell(scores, 0), other,
                            new Cell(scores, 1), other,
                            new Cell(scores, 2), other,
                            new Cell(scores, 3), -4.0 / 6 - m,
                            new Cell(scores, 4), other,
                            new Cell(scores, 5), 4 * match / (match + 5) - m,
                            new Cell(scores, 6), other));
        }
    }

    /// Kept from looking back, the first head of position 3 does not note what matches. That of position 1 notes
    /// its own token, and that of 5 what it sees else: in GPT-2 all alike, a fifth of the token that matches among
    /// them; with rotary positions those next to what is hidden.
    @ParameterizedTest
    @EnumSource(Family.class)
    void knockoutOfWhatLooksBack(Family family) {
        double m = INDUCTION.margin();
        double fifth = family == Family.GPT2 ? INDUCTION.margin(3, 3.0 / 5) - m : 0;
        Map<Integer, Double> expected = Map.of(1, 0.0, 3, -m, 5, fifth);
        try (Model model = INDUCTION.open(family, folder)) {
            expected.forEach((query, effect) -> check(
                    sweep(
                            model,
                            new AttentionKnockout(PositionChoice.parse("" + query)),
                            "head_scores[0.*]@" + (query - 1)),
                    Map.of(new Cell(new Site.Head(0, 1, HeadPart.SCORES), query - 1), effect)));
        }
    }

    private static List<Effect> sweep(Model model, Method method, String sites) {
        Question keys = INDUCTION.questions(model.sizes()).getFirst();
        return EffectSweep.of(method, sites)
                .run(model, List.of(Rows.pair(keys)))
                .rows();
    }

    private static void check(List<Effect> rows, Map<Cell, Double> expected) {
        int found = 0;
        for (Effect row : rows) {
            if (row.pair() == 0) {
                double effect = expected.getOrDefault(Rows.cell(row), 0.0);
                assertEquals(effect, row.effect(), PatchingTest.near(effect), row.toString());
                found += expected.containsKey(Rows.cell(row)) ? 1 : 0;
            }
        }
        assertEquals(expected.size(), found);
    }

    /// With noise on the subject, whatever it is, what the head moves brings the whole answer back, and what no
    /// planted part does brings nothing.
    @ParameterizedTest
    @EnumSource(Family.class)
    void tracing(Family family) {
        try (Model model = LOOKUP.open(family, folder)) {
            Question subject = LOOKUP.questions(model.sizes()).getFirst();
            List<Effect> rows = EffectSweep.of(
                            new CausalTracing(PositionChoice.parse("1"), 3, 4),
                            "head_z[0.*]",
                            "head_z[1.*]@last",
                            "mlp_out[1]@last",
                            "resid_post[1]@last",
                            "resid_pre[1]@1")
                    .run(model, List.of(Rows.pair(subject)))
                    .rows();
            for (Effect row : rows) {
                Site site = Rows.cell(row).site();
                boolean restores = site.equals(Lookup.MOVES) || site instanceof Site.Resid;
                assertEquals(restores ? 1 : 0, row.recovered(), 1e-4, row.toString());
                assertEquals(
                        restores ? LOOKUP.margin() : row.value() - row.effect(), row.value(), 1e-4, row.toString());
            }
        }
    }
}
