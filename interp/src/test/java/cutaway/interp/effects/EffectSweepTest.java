package cutaway.interp.effects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.DefaultModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Each method against runs of the model, one a question, and against itself where there is a law.
class EffectSweepTest {

    private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";
    private static final String CONTRAST = "When Mary and John went to the store, Mary gave a drink to";
    private static final PromptPair PAIR = new PromptPair(
            PROMPT, CONTRAST, " Mary", " John", null, Map.of("first", List.of(5, 9), "again", List.of(38, 42)));
    private static final PromptPair OTHER = PromptPair.of(
            "When Anna and Paul went to the park, Paul gave a flower to",
            "When Anna and Paul went to the park, Anna gave a flower to",
            " Anna",
            " Paul");

    private static final Model MODEL = DefaultModel.open();

    @AfterAll
    static void close() {
        MODEL.close();
    }

    private static Effect row(Effects effects, String site, int layer, Integer head, Integer position) {
        return effects.rows().stream()
                .filter(row -> row.site().equals(site)
                        && Optional.ofNullable(row.layer()).equals(Optional.of(layer))
                        && Optional.ofNullable(row.head()).equals(Optional.ofNullable(head))
                        && Optional.ofNullable(row.position()).equals(Optional.ofNullable(position)))
                .findFirst()
                .orElseThrow();
    }

    private static double run(Source base, Edit edit, Metric metric) {
        return Runs.measure(MODEL, base.ids(MODEL), List.of(edit), metric);
    }

    /// Every metric, in both directions, of the residual stream at a position and of a head's z at all.
    @ParameterizedTest
    @EnumSource(MetricChoice.class)
    void patchingIsWhatOneRunSays(MetricChoice choice) {
        Pair pair = Pair.read(MODEL, List.of(PAIR)).getFirst();
        Metric metric = choice.of(pair);
        for (Direction direction : Direction.values()) {
            Source base = direction.base(pair);
            Source other = direction.other(pair);
            Effects effects = EffectSweep.of(new ActivationPatching(direction), "resid_pre[5]@9+12", "head_z[24..26.*]")
                    .by(choice)
                    .run(MODEL, List.of(PAIR));
            double baseline = Runs.measure(MODEL, base.ids(MODEL), List.of(), metric);
            double there = Runs.measure(MODEL, other.ids(MODEL), List.of(), metric);
            Effect resid = row(effects, "resid_pre", 5, null, 9);
            Edit patch = new Edit.Patch(new Site.Resid(5, Moment.PRE), Positions.of(9), other);
            double alone = run(base, patch, metric);
            double tolerance = choice == MetricChoice.LOSS ? 1e-5 : 1e-4;
            assertEquals(alone, resid.value(), tolerance);
            assertEquals(alone - baseline, resid.effect(), tolerance);
            if (choice == MetricChoice.KL || choice == MetricChoice.LOSS) {
                assertNull(resid.recovered());
            } else {
                assertEquals((alone - baseline) / (there - baseline), resid.recovered(), 1e-3);
            }
            Edit head = new Edit.Patch(new Site.Head(25, 4, HeadPart.Z), Positions.ALL, other);
            assertEquals(
                    run(base, head, metric), row(effects, "head_z", 25, 4, null).value(), tolerance);
            assertEquals(2 + 27, effects.rows().size());
        }
    }

    /// Putting all of the one run's stream into the other makes it the other, in both directions.
    @Test
    void theWholeStreamRecoversAll() {
        for (Direction direction : Direction.values()) {
            Effects effects = EffectSweep.of(new ActivationPatching(direction), "resid_pre[3]@all")
                    .run(MODEL, List.of(PAIR));
            assertEquals(1, effects.rows().getFirst().recovered(), 1e-4);
            assertNull(effects.rows().getFirst().position());
        }
    }

    /// The losses of two prompts are of different tokens, and a divergence is 0 on both: there are no shares of that.
    @ParameterizedTest
    @EnumSource(
            value = MetricChoice.class,
            names = {"LOSS", "KL"})
    void whatSaysNothingOfAnAnswerHasNoShare(MetricChoice choice) {
        Map<Method, String> methods = Map.of(
                new ActivationPatching(Direction.NOISE), "head_z[25.*]",
                new PathEffects(Direction.DENOISE, List.of("logits")), "head_z[25.*]",
                new TokenGradients(Direction.DENOISE, 1), "embed@each",
                new EdgeGradients(Direction.NOISE, choice == MetricChoice.KL ? 2 : 1), "head_z[29.*]");
        methods.forEach((method, sites) -> {
            Effects effects = EffectSweep.of(method, sites).by(choice).run(MODEL, List.of(PAIR));
            assertTrue(effects.rows().stream().anyMatch(row -> row.effect() != 0), method.text());
            assertTrue(effects.rows().stream().allMatch(row -> row.recovered() == null), method.text());
        });
    }

    /// Where the contrast favours the answer more than the prompt does, nothing is there to be brought back.
    @Test
    void aReversedPairHasNoShare() {
        PromptPair reversed = PromptPair.of(CONTRAST, PROMPT, " Mary", " John");
        for (Direction direction : Direction.values()) {
            Effects effects = EffectSweep.of(new ActivationPatching(direction), "resid_pre[3]@all")
                    .run(MODEL, List.of(PAIR, reversed));
            assertEquals(1, effects.rows().get(0).recovered(), 1e-4);
            assertNull(effects.rows().get(1).recovered());
            assertNotEquals(0, effects.rows().get(1).effect());
        }
    }

    /// Before the two prompts differ, nothing can be put in: the effect is 0, to the bit.
    @Test
    void whatIsTheSameInBothHasNoEffect() {
        Effects effects = EffectSweep.of(new ActivationPatching(Direction.DENOISE), "resid_post@0..8", "head_z@3")
                .run(MODEL, List.of(PAIR));
        assertTrue(effects.rows().stream().allMatch(row -> row.effect() == 0));
    }

    @Test
    void ablationsAreWhatOneRunSays() {
        List<Pair> pairs = Pair.read(MODEL, List.of(PAIR, OTHER));
        Metric metric = MetricChoice.MARGIN.of(pairs.getFirst());
        Source prompt = pairs.get(0).promptRun();
        Source other = pairs.get(1).promptRun();
        Site mlp = new Site.MlpOut(28);
        for (Ablation.By by : Ablation.By.values()) {
            Effects effects = EffectSweep.of(new Ablation(by, 5), "mlp_out[28]@all", "head_z[25.4]")
                    .run(MODEL, List.of(PAIR, OTHER));
            Edit edit = switch (by) {
                case ZERO -> new Edit.Zero(mlp, Positions.ALL);
                case MEAN -> new Edit.Mean(mlp, Positions.ALL, List.of(prompt, other));
                case RESAMPLE -> new Edit.Patch(mlp, Positions.ALL, other); // the only other prompt
            };
            assertEquals(
                    run(prompt, edit, metric),
                    row(effects, "mlp_out", 28, null, null).value(),
                    1e-4);
            assertEquals(4, effects.rows().size());
        }
    }

    @Test
    void resamplingNeedsAnotherPromptOfThatLength() {
        BadInputException refused = assertThrows(
                BadInputException.class,
                () -> EffectSweep.of(new Ablation(Ablation.By.RESAMPLE, 3), "head_z[0.*]")
                        .run(MODEL, List.of(PAIR)));
        assertTrue(refused.getMessage().contains("nothing to resample from"), refused.getMessage());
    }

    /// Only keys that the query sees count; a head that is kept from all keys but one looks at that one.
    @Test
    void knockoutIsWhatOneRunSays() {
        Pair pair = Pair.read(MODEL, List.of(PAIR)).getFirst();
        Effects effects = EffectSweep.of(
                        new AttentionKnockout(PositionChoice.parse("last")),
                        "head_scores[25.4]@each",
                        "head_scores[0.0]@5..7")
                .run(MODEL, List.of(PAIR));
        Edit edit = new Edit.Knockout(new Site.Head(25, 4, HeadPart.SCORES), Positions.of(13), Positions.of(1));
        assertEquals(
                run(pair.promptRun(), edit, MetricChoice.MARGIN.of(pair)),
                row(effects, "head_scores", 25, 4, 1).value(),
                1e-4);
        Effect span = row(effects, "head_scores", 0, 0, 5);
        assertEquals(7, span.lastPosition());
        assertEquals(15, effects.rows().size());
    }

    /// Noise hurts; all of the clean stream at the noised positions undoes it, wherever noise is still only there.
    @Test
    void tracingRestores() {
        Effects effects = EffectSweep.of(
                        new CausalTracing(PositionChoice.parse("again"), 3, 4),
                        "resid_pre[0]@again",
                        "resid_pre[8]@each")
                .run(MODEL, List.of(PAIR));
        Effect restored = effects.rows().getFirst();
        assertEquals("again", restored.role());
        assertEquals(1, restored.recovered(), 1e-4);
        assertTrue(restored.effect() > 1, restored.toString());
        assertEquals(0, row(effects, "resid_pre", 8, null, 4).effect()); // before the noise
    }

    /// Both runs are of one prompt, so that of every metric it can be said how much of what the noise did is undone.
    @ParameterizedTest
    @EnumSource(MetricChoice.class)
    void tracingHasSharesOfEveryMetric(MetricChoice choice) {
        Effects effects = EffectSweep.of(new CausalTracing(PositionChoice.parse("again"), 3, 1), "resid_pre[0]@again")
                .by(choice)
                .run(MODEL, List.of(PAIR));
        assertEquals(1, effects.rows().getFirst().recovered(), 1e-3);
    }

    /// What senders tell the logits directly is what they write, but for the norm, which is taken anew.
    @Test
    void pathsEndAtTheirReceivers() {
        Effects effects = EffectSweep.of(
                        new PathEffects(Direction.NOISE, List.of("logits", "head_q[25.4]")), "head_z[24..26.*]")
                .run(MODEL, List.of(PAIR));
        assertEquals(2 * 27, effects.rows().size());
        Effect late = effects.rows().get(27 + 18); // 26.0 writes after the queries of 25.4 are read
        assertEquals(26, late.layer());
        assertEquals("head_q", late.receiver());
        assertEquals(25, late.receiverLayer());
        assertEquals(4, late.receiverHead());
        assertEquals(0, late.effect());
        assertTrue(effects.rows().getFirst().receiverLayer() == null);
    }

    /// To first order, patching a little is attribution: the gradient of the stream along the difference.
    @Test
    void attributionIsTheSlopeOfPatching() {
        Pair pair = Pair.read(MODEL, List.of(PAIR)).getFirst();
        Effects effects = EffectSweep.of(
                        new GradientPatching(Direction.DENOISE),
                        "head_z",
                        "mlp_out@all",
                        "resid_pre[29]@all",
                        "resid_pre[29]@each",
                        "neuron_post[29.*]",
                        "head_pattern[25.*]")
                .run(MODEL, List.of(PAIR));
        var direct = cutaway.interp.attribution.AttributionPatching.of(
                MODEL, pair.contrastRun(), pair.promptRun(), MetricChoice.MARGIN.of(pair));
        assertEquals(direct.heads()[25][4], row(effects, "head_z", 25, 4, null).effect(), 1e-4);
        assertEquals(direct.mlps()[28], row(effects, "mlp_out", 28, null, null).effect(), 1e-4);
        double each = effects.rows().stream()
                .filter(row -> row.site().equals("resid_pre") && row.position() != null)
                .mapToDouble(Effect::effect)
                .sum();
        assertEquals(each, row(effects, "resid_pre", 29, null, null).effect(), 1e-4);
        // the last MLP's output is a linear map of its neurons
        double neurons = effects.rows().stream()
                .filter(row -> row.site().equals("neuron_post"))
                .mapToDouble(Effect::effect)
                .sum();
        assertEquals(row(effects, "mlp_out", 29, null, null).effect(), neurons, 1e-3);
    }

    /// The edges of a sender add up to its attribution (Llama has no norm behind a write).
    @Test
    void edgesAddUpToAttribution() {
        Effects edges = EffectSweep.of(new EdgeGradients(Direction.DENOISE, 1)).run(MODEL, List.of(PAIR));
        Effects nodes = EffectSweep.of(new GradientPatching(Direction.DENOISE), "head_z[3.*]")
                .run(MODEL, List.of(PAIR));
        for (int head = 0; head < 9; head++) {
            int of = head;
            double sum = edges.rows().stream()
                    .filter(row -> row.site().equals("head_z")
                            && Integer.valueOf(3).equals(row.layer())
                            && Integer.valueOf(of).equals(row.head()))
                    .mapToDouble(Effect::effect)
                    .sum();
            assertEquals(nodes.rows().get(head).effect(), sum, 1e-3);
        }
    }

    /// What all parts write, with the embedding, is the margin: SmolLM2 has no biases.
    @Test
    void directLogitsAddUpToTheMargin() {
        Effects effects = EffectSweep.of(new DirectLogits()).run(MODEL, List.of(PAIR));
        double sum = effects.rows().stream().mapToDouble(Effect::effect).sum();
        assertEquals(effects.pairs().getFirst().prompt(), sum, 1e-3);
        Effects neurons =
                EffectSweep.of(new DirectLogits(), "neuron_post[28.*]@last").run(MODEL, List.of(PAIR));
        assertEquals(
                row(effects, "mlp_out", 28, null, 13).effect(),
                neurons.rows().stream().mapToDouble(Effect::effect).sum(),
                1e-3);
    }

    /// The lens of the last block is the model itself.
    @ParameterizedTest
    @CsvSource({"MARGIN", "LOGPROB", "PROB", "LOGIT", "KL"})
    void theLensEndsAtTheModel(MetricChoice metric) {
        Effects effects =
                EffectSweep.of(new LogitLens(), "resid_post@last").by(metric).run(MODEL, List.of(PAIR));
        assertEquals(0, row(effects, "resid_post", 29, null, 13).effect(), 1e-4);
        assertTrue(Math.abs(row(effects, "resid_post", 3, null, 13).effect()) > 1e-2);
    }

    /// Completeness: contributions add up to what separates the two runs.
    @Test
    void tokensAddUpToTheDifference() {
        Effects effects =
                EffectSweep.of(new TokenGradients(Direction.DENOISE, 8)).run(MODEL, List.of(PAIR));
        double sum = effects.rows().stream().mapToDouble(Effect::effect).sum();
        Effects.Ends ends = effects.pairs().getFirst();
        assertEquals(ends.prompt() - ends.contrast(), sum, 0.3);
        assertEquals(sum, row(effects, "embed", 9).effect(), 1e-3); // the only token that differs
    }

    private static Effect row(Effects effects, String site, int position) {
        return effects.rows().stream()
                .filter(row ->
                        row.site().equals(site) && Integer.valueOf(position).equals(row.position()))
                .findFirst()
                .orElseThrow();
    }

    /// Roles align pairs of different length, and pairs of one group count once.
    @Test
    void answersAreOverPairs() {
        PromptPair longer = new PromptPair(
                "Then, when Mary and John went to the store, John gave a drink to",
                "Then, when Mary and John went to the store, Mary gave a drink to",
                " Mary",
                " John",
                "g",
                Map.of("again", List.of(44, 48)));
        PromptPair grouped = new PromptPair(PROMPT, CONTRAST, " Mary", " John", "g", PAIR.roles());
        Effects effects = EffectSweep.of(new ActivationPatching(Direction.DENOISE), "resid_pre[4]@again")
                .run(MODEL, List.of(grouped, longer));
        List<Effects.Answer> answers = effects.answers();
        assertEquals(1, answers.size());
        assertEquals(1, answers.getFirst().summary().prompts()); // one group
        double mean =
                effects.rows().stream().mapToDouble(Effect::effect).average().orElseThrow();
        assertEquals(mean, answers.getFirst().summary().mean(), 1e-9);
        assertEquals(1, effects.independent());
        assertThrows(BadInputException.class, () -> effects.chosen(1)); // one group has no halves
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        head_y                  | no sites "head_y"; known: embed
        head_z[99.*]            | this model has no sites "head_z[99.*]"; it has layers 0 to 29
        resid_pre@99            | position 99 is not in pair 0, which has 14 tokens
        resid_pre@subject       | pair 0 has no role "subject"; it has again, first
        pos_embed               | this model has no site hook_pos_embed: it has rotary positions
        resid_post[29]@3        | cannot reach what the metric reads
        head_z[20..10.*]        | the range 20..10 runs backwards; give 10..20
        """)
    void whatCannotBeAskedIsRefused(String site, String part) {
        BadInputException refused = assertThrows(
                BadInputException.class,
                () -> EffectSweep.of(new Ablation(Ablation.By.ZERO, 1), site).run(MODEL, List.of(PAIR)));
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        head_q[23.99] | this model has no receiver head_q[23.99]; it has layers 0 to 29, and 0 to 8 in each
        head_k[23.5]  | it has layers 0 to 29, and 0 to 2 in each
        head_q[30.0]  | no receiver head_q[30.0]
        mlp_in[30]    | this model has no receiver mlp_in[30]; it has layers 0 to 29.
        head_x[1.1]   | no receiver "head_x[1.1]"
        """)
    void receiversThatAreNotThereAreRefused(String receiver, String part) {
        BadInputException refused = assertThrows(
                BadInputException.class,
                () -> EffectSweep.of(new PathEffects(Direction.DENOISE, List.of(receiver)), "head_z[0.0]")
                        .run(MODEL, List.of(PAIR)));
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }

    /// A query that is left with nothing to look at has no answer; of several queries, the others have.
    @Test
    void aQueryKeepsAKeyToLookAt() {
        BadInputException refused = assertThrows(
                BadInputException.class,
                () -> EffectSweep.of(new AttentionKnockout(PositionChoice.LAST), "head_scores[23.3]@all")
                        .run(MODEL, List.of(PAIR)));
        assertTrue(refused.getMessage().contains("leaves the query at 13 nothing to look at"), refused.getMessage());
        assertEquals(
                1,
                EffectSweep.of(new AttentionKnockout(PositionChoice.parse("0+13")), "head_scores[23.3]@0")
                        .run(MODEL, List.of(PAIR))
                        .rows()
                        .size());
    }

    /// A receiver that is named twice is told once.
    @Test
    void receiversCountOnce() {
        assertEquals(List.of("logits"), new PathEffects(Direction.DENOISE, List.of("logits", "logits")).to());
    }

    /// Where prompts differ in the last token alone, nothing that is put in changes the loss of the tokens before it;
    /// what is asked about could, so it is no mistake.
    @Test
    void whatPromptsHaveInCommonHasNoEffect() {
        PromptPair lastOnly = PromptPair.of("The sky is very", "The sky is not", " blue", " red");
        Effects effects = EffectSweep.of(new ActivationPatching(Direction.DENOISE), "resid_pre[3..4]")
                .by(MetricChoice.LOSS)
                .run(MODEL, List.of(lastOnly));
        assertEquals(8, effects.rows().size());
        assertTrue(effects.rows().stream().allMatch(row -> row.effect() == 0));
    }

    /// "All positions" is one question, also of a prompt that has only one.
    @Test
    void allPositionsIsOneQuestionOfPromptsOfAnyLength() {
        Effects effects = EffectSweep.of(new Ablation(Ablation.By.ZERO, 1), "head_z[29.0]")
                .run(MODEL, List.of(PAIR, PromptPair.of("Yes", "No", " blue", " red")));
        assertEquals(1, effects.answers().size());
    }

    /// What is written at the last position is what direct logit attribution is of: no need to say so.
    @Test
    void directLogitsAreOfTheLastPosition() {
        Effects effects =
                EffectSweep.of(new DirectLogits(), "mlp_out[29]", "embed").run(MODEL, List.of(PAIR));
        assertEquals(2, effects.rows().size());
        assertTrue(effects.rows().stream().allMatch(row -> "last".equals(row.role())));
        assertThrows(
                BadInputException.class,
                () -> EffectSweep.of(new DirectLogits(), "mlp_out[29]@3").run(MODEL, List.of(PAIR)));
    }

    /// A KL is from the run that is named: it is 0 where all of that run's values are put in, and falls to 0 along the
    /// way of integrated gradients, which begins at the KL of the two prompts.
    @Test
    void theReferenceOfAKlIsTheRunThatIsNamed() {
        Pair pair = Pair.read(MODEL, List.of(PAIR)).getFirst();
        double[] prompt = logProbabilities(pair.prompt());
        double[] contrast = logProbabilities(pair.contrast());
        for (Direction direction : Direction.values()) {
            boolean denoise = direction == Direction.DENOISE;
            double fromContrast = divergence(contrast, prompt);
            double fromPrompt = divergence(prompt, contrast);
            ActivationPatching patching = new ActivationPatching(direction);
            assertEquals(denoise ? "the contrast" : "the prompt", patching.reference());
            Effect patched = EffectSweep.of(patching, "resid_pre[3]@all")
                    .by(MetricChoice.KL)
                    .run(MODEL, List.of(PAIR))
                    .rows()
                    .getFirst();
            assertEquals(denoise ? fromContrast : fromPrompt, patched.value(), 1e-3);
            TokenGradients gradients = new TokenGradients(direction, 1);
            assertEquals(denoise ? "the prompt" : "the contrast", gradients.reference());
            Effect token = EffectSweep.of(gradients)
                    .by(MetricChoice.KL)
                    .run(MODEL, List.of(PAIR))
                    .rows()
                    .getFirst();
            assertEquals(denoise ? fromPrompt : fromContrast, token.value() - token.effect(), 1e-3);
        }
        assertEquals("the prompt", new CausalTracing(PositionChoice.parse("again"), 3, 1).reference());
    }

    private static double[] logProbabilities(List<Integer> ids) {
        int[] all = ids.stream().mapToInt(Integer::intValue).toArray();
        try (Tensor logits = MODEL.logits(all)) {
            double[] numbers = logits.toDoubles();
            int vocab = numbers.length / all.length;
            double[] last = Arrays.copyOfRange(numbers, numbers.length - vocab, numbers.length);
            double sum = Arrays.stream(last).map(Math::exp).sum();
            return Arrays.stream(last).map(logit -> logit - Math.log(sum)).toArray();
        }
    }

    /// Sum of p (log p - log q).
    private static double divergence(double[] logP, double[] logQ) {
        double sum = 0;
        for (int i = 0; i < logP.length; i++) {
            sum += Math.exp(logP[i]) * (logP[i] - logQ[i]);
        }
        return sum;
    }

    /// A metric that is least where the gradient is taken would tell 0 of everything.
    @Test
    void flatMetricsHaveNoFirstOrder() {
        for (Method method :
                List.of(new GradientPatching(Direction.DENOISE), new EdgeGradients(Direction.DENOISE, 1))) {
            BadInputException refused = assertThrows(
                    BadInputException.class,
                    () -> EffectSweep.of(method).by(MetricChoice.KL).run(MODEL, List.of(PAIR)));
            assertTrue(refused.getMessage().contains("its gradient there is 0"), refused.getMessage());
        }
    }

    /// A pair the wrong way round is named.
    @Test
    void contrastsThatFavourTheAnswerAreNamed() {
        PromptPair reversed = PromptPair.of(CONTRAST, PROMPT, " Mary", " John");
        Effects effects = EffectSweep.of(new Ablation(Ablation.By.ZERO, 1), "head_z[29.0]")
                .run(MODEL, List.of(PAIR, reversed));
        assertEquals(List.of(1), effects.favouringContrast());
    }

    /// The causes that pools find are those that one run each finds, with the same effects.
    @Test
    void poolsFindWhatIsLarge() {
        EffectSweep sweep = EffectSweep.of(new ActivationPatching(Direction.DENOISE), "head_z[10..29.*]");
        Effects each = sweep.run(MODEL, List.of(PAIR));
        Effects pooled = sweep.pooled(1).run(MODEL, List.of(PAIR));
        List<Question> large = each.rows().stream()
                .filter(row -> Math.abs(row.effect()) > 1)
                .map(Effect::question)
                .toList();
        assertTrue(!large.isEmpty() && large.size() < 20, large.toString());
        assertEquals(
                Set.copyOf(large), pooled.rows().stream().map(Effect::question).collect(Collectors.toSet()));
        assertTrue(
                pooled.searches().getFirst().startsWith("pair 0: " + large.size() + " cause"),
                pooled.searches().toString());
        Plan plan = sweep.plan(MODEL, List.of(PAIR), EffectSweep.USUAL_BYTES);
        assertTrue(
                pooled.searches()
                        .getFirst()
                        .contains(String.format(Locale.ROOT, "one for each computes %,d", plan.layerPositions())),
                pooled.searches().toString());
        for (Effect row : pooled.rows()) {
            assertEquals(row(each, "head_z", row.layer(), row.head(), null).value(), row.value(), 1e-3);
        }
        assertThrows(
                BadInputException.class, () -> EffectSweep.of(new LogitLens()).pooled(1));
    }

    /// What is planned is what is done: every question, and no more positions than can change.
    @Test
    void plansSayWhatIsDone() {
        Plan plan = EffectSweep.of(new ActivationPatching(Direction.DENOISE), "resid_pre[28..29]@each")
                .plan(MODEL, List.of(PAIR, OTHER), EffectSweep.USUAL_BYTES);
        assertEquals(2 * 28, plan.questions());
        // of 14 positions the last five differ; the run from each goes to the end, through one block or two, of which
        // the last one leaves the position that is read
        assertEquals(2 * (5 + 5), plan.runs());
        assertEquals(2 * ((5 + 4 + 3 + 2 + 1) + 5 + 5), plan.layerPositions());
        assertEquals(2 * 28 * 30 * 14, plan.plainLayerPositions());
        assertTrue(plan.seconds() > 0);
    }

    /// A small budget makes more, smaller waves, with the same results; one that holds no variant is refused.
    @Test
    void budgetsAreKept() {
        EffectSweep sweep = EffectSweep.of(new ActivationPatching(Direction.NOISE), "head_z[27..29.*]");
        Effects free = sweep.run(MODEL, List.of(PAIR));
        Effects tight = sweep.run(MODEL, List.of(PAIR), 2_800_000, (pair, done, all) -> {});
        for (int i = 0; i < free.rows().size(); i++) {
            assertEquals(free.rows().get(i).value(), tight.rows().get(i).value(), 1e-4);
        }
        BadInputException refused = assertThrows(
                BadInputException.class, () -> sweep.run(MODEL, List.of(PAIR), 2_000_000, (pair, done, all) -> {}));
        assertTrue(
                refused.getMessage().contains("one variant of a prompt of 14 tokens takes about"),
                refused.getMessage());
        assertThrows(BadInputException.class, () -> sweep.run(MODEL, List.of(PAIR), 1000, (pair, done, all) -> {}));
    }

    /// What is chosen on one half of the pairs is told by the other half.
    @Test
    void choicesAreHeldOut() {
        Effects effects =
                EffectSweep.of(new DirectLogits(), "head_z[23.*]@last").run(MODEL, List.of(PAIR, OTHER));
        Effects.Chosen chosen = effects.chosen(1).getFirst();
        double[] both = effects.rows().stream()
                .filter(row -> row.question().equals(chosen.question()))
                .mapToDouble(Effect::effect)
                .toArray();
        int by = chosen.selectionMean() == both[0] ? 0 : 1;
        assertEquals(both[by], chosen.selectionMean());
        assertEquals(both[1 - by], chosen.heldOut().orElseThrow().mean());
        double largest = effects.rows().stream()
                .filter(row -> row.pair() == by)
                .mapToDouble(row -> Math.abs(row.effect()))
                .max()
                .orElseThrow();
        assertEquals(largest, Math.abs(chosen.selectionMean()));
    }
}
