package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.EmbeddingNoise;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Positions;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Causal tracing (Meng et al. 2022, arXiv:2202.05262, section 2.1): the prompt is run with noise on the embeddings of
/// its subject, and a target's value of the clean run is put back. Values are means over draws of the noise.
///
/// @param subject where the noise is added
/// @param deviations its standard deviation, in those of the token embeddings; the paper takes 3
/// @param draws seeds of the noise; the paper takes 10
public record CausalTracing(PositionChoice subject, double deviations, int draws) implements Method {

    public CausalTracing {
        if (draws < 1 || !(deviations > 0) || Double.isInfinite(deviations)) {
            throw new BadInputException(
                    "causal tracing with %s standard deviations of noise in %d draws; give more than 0 of each."
                            .formatted(deviations, draws));
        }
    }

    @Override
    public String text() {
        return "trace";
    }

    @Override
    public String how() {
        return "the prompt is run with noise of %s standard deviations on its subject, clean values are put back, %d draws"
                .formatted(deviations, draws);
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("resid_post"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        Source clean = pair.promptRun();
        double noise = deviations * EmbeddingNoise.deviation(run.model());
        List<Chosen> noised = subject.in(pair);
        int first = noised.stream().mapToInt(Chosen::first).min().orElseThrow();
        List<List<Edit>> restored = run.targets().stream()
                .map(target -> target.endsBefore(first)
                        ? List.<Edit>of()
                        : List.<Edit>of(new Edit.Patch(target.site(), target.from(first), clean)))
                .toList();
        double[] values = new double[restored.size()];
        double baseline = 0;
        for (int draw = 0; draw < draws; draw++) {
            List<Edit> noisy = new ArrayList<>();
            for (Chosen some : noised) {
                noisy.add(EmbeddingNoise.edit(
                        run.model(),
                        Positions.span(some.first(), some.last()),
                        noise,
                        run.seed() + draw + 1_000L * some.first()));
            }
            PairRun.Swept swept = run.sweep(new Source(null, pair.prompt(), noisy), restored);
            baseline += swept.baseline() / draws;
            for (int i = 0; i < values.length; i++) {
                values[i] += swept.values()[i] / draws;
            }
        }
        double lost = run.measure(clean) - baseline; // of one prompt, whatever the metric
        OptionalDouble toRecover = lost == 0 ? OptionalDouble.empty() : OptionalDouble.of(lost);
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            effects.add(Effect.of(pair, run.targets().get(i), values[i], baseline, toRecover));
        }
        return effects;
    }
}
