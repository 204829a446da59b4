package cutaway.interp.evidence;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Prompts;
import cutaway.interp.intervention.Intervention;
import cutaway.interp.prompts.AnswerToken;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.statistics.Bootstrap;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Measures claims: what an edit does where it was found, what random changes do there, and what both do on prompts
/// that were held out.
public final class ClaimTest {

    private final Model model;

    public ClaimTest(Model model) {
        this.model = model;
    }

    /// A claim with its intervention alone.
    ///
    /// @param contrast null where there is none
    /// @throws BadInputException when the edits name what the model does not have, or cannot reach the metric
    public Claim claim(
            String says,
            String scope,
            ModelFacts facts,
            Source prompt,
            @Nullable Source contrast,
            boolean inContrast,
            List<Edit> edits,
            Metric metric) {
        if (says.isBlank()) {
            throw new BadInputException("the claim says nothing; give a sentence.");
        }
        if (inContrast && contrast == null) {
            throw new BadInputException("the claim is about the contrast, and there is none; give one.");
        }
        Source base = inContrast && contrast != null ? contrast : prompt;
        try (Intervention intervention = new Intervention(model, base, metric)) {
            Intervention.Effect effect = intervention.measure(edits, 0, 0);
            return new Claim(
                    says,
                    scope,
                    facts,
                    prompt,
                    contrast,
                    inContrast,
                    edits,
                    metric,
                    effect.baseline(),
                    effect.edited(),
                    null,
                    null);
        }
    }

    /// Random changes as large, on the run that the claim was found on.
    ///
    /// @param seeds how many controls, each with a seed of its own
    /// @param first of the seeds; the others follow it
    /// @throws BadInputException when there is no control of such edits
    public Claim.Placebos control(Claim claim, int seeds, long first) {
        try (Intervention intervention = new Intervention(model, claim.base(), claim.metric())) {
            Intervention.Effect effect = intervention.measure(claim.edits(), seeds, first);
            if (effect.placebos().isEmpty()) {
                throw new BadInputException("the claim cannot have a control: " + effect.control() + ".");
            }
            return new Claim.Placebos(
                    effect.control(),
                    LongStream.range(first, first + seeds).boxed().toList(),
                    effect.changes().boxed().toList());
        }
    }

    /// The same edits on other prompts.
    ///
    /// @param pairs prompts with their contrasts; where the claim's edits take values from its prompt or contrast,
    ///     they take them from the pair's
    /// @param seeds from 0 on, one control each
    /// @param progress told how many pairs are done
    /// @throws BadInputException when one is the claim's own prompt, stands twice, or an edit cannot be made on it
    public Claim.HeldOut heldOut(Claim claim, List<PromptPair> pairs, int seeds, IntConsumer progress) {
        check(claim, pairs);
        double[] effects = new double[pairs.size()];
        double[] controls = new double[pairs.size()];
        for (int i = 0; i < pairs.size(); i++) {
            Intervention.Effect effect = effect(claim, pairs.get(i), seeds);
            effects[i] = effect.effect();
            controls[i] = effect.changes().average().orElse(Double.NaN);
            progress.accept(i + 1);
        }
        Bootstrap bootstrap = Bootstrap.seeded(0);
        return new Claim.HeldOut(
                pairs,
                Arrays.stream(effects).boxed().toList(),
                Arrays.stream(controls).boxed().toList(),
                LongStream.range(0, seeds).boxed().toList(),
                bootstrap.mean(effects).orElse(null),
                bootstrap.mean(controls).orElse(null));
    }

    private void check(Claim claim, List<PromptPair> pairs) {
        List<int[]> seen = new ArrayList<>();
        seen.add(claim.prompt().ids(model));
        for (PromptPair pair : pairs) {
            int[] ids = model.encode(pair.prompt()).ids();
            if (seen.stream().anyMatch(other -> Arrays.equals(other, ids))) {
                throw new BadInputException("the prompt \"" + pair.prompt()
                        + "\" is the claim's own or stands twice; held-out prompts are others.");
            }
            seen.add(ids);
        }
    }

    private Intervention.Effect effect(Claim claim, PromptPair pair, int seeds) {
        Source prompt = Source.of(pair.prompt());
        Source contrast = Source.of(pair.contrast());
        List<Edit> edits = claim.edits().stream()
                .map(edit -> on(edit, claim, prompt, contrast))
                .toList();
        Source base = claim.inContrast() ? contrast : prompt;
        try (Intervention intervention =
                new Intervention(model, base, metric(claim.metric(), pair, prompt, contrast))) {
            return intervention.measure(edits, seeds, 0);
        }
    }

    /// The edit with the pair's runs in the place of the claim's.
    private static Edit on(Edit edit, Claim claim, Source prompt, Source contrast) {
        return switch (edit) {
            case Edit.Patch(var site, var pos, var from) ->
                new Edit.Patch(site, pos, on(from, claim, prompt, contrast));
            case Edit.Mean(var site, var pos, var over) ->
                new Edit.Mean(
                        site,
                        pos,
                        over.stream()
                                .map(run -> on(run, claim, prompt, contrast))
                                .toList());
            case Edit.Replace other -> other;
            case Edit.Add other -> other;
            case Edit.Scale other -> other;
            case Edit.Zero other -> other;
            case Edit.ProjectOut other -> other;
            case Edit.Apply other -> other;
            case Edit.Knockout other -> other;
        };
    }

    private static Source on(Source run, Claim claim, Source prompt, Source contrast) {
        return run.equals(claim.prompt()) ? prompt : run.equals(claim.contrast()) ? contrast : run;
    }

    private Metric metric(Metric metric, PromptPair pair, Source prompt, Source contrast) {
        return switch (metric) {
            case Metric.LogitDifference(int _, int _) -> {
                int answer = answer(pair, prompt);
                yield new Metric.LogitDifference(answer, rival(pair, contrast, answer));
            }
            case Metric.Logit(int _) -> new Metric.Logit(answer(pair, prompt));
            case Metric.LogProbability(int _) -> new Metric.LogProbability(answer(pair, prompt));
            case Metric.Probability(int _) -> new Metric.Probability(answer(pair, prompt));
            case Metric.Loss(), Metric.Divergence(), Metric.Projection(var _, var _, var _) -> metric;
        };
    }

    private int answer(PromptPair pair, Source prompt) {
        return pair.givenAnswer()
                .map(text -> AnswerToken.id(model, text, "answer"))
                .orElseGet(() -> Prompts.next(model, prompt).getFirst().id());
    }

    private int rival(PromptPair pair, Source contrast, int answer) {
        return pair.givenAgainst()
                .map(text -> AnswerToken.id(model, text, "rival"))
                .orElseGet(() -> Prompts.next(model, contrast).stream()
                        .filter(candidate -> candidate.id() != answer)
                        .findFirst()
                        .orElseThrow()
                        .id());
    }
}
