package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Shuffle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Ablation: on the prompt, a site's value is taken away.
///
/// @param by what stands in its place
/// @param draws prompts that a resample ablation takes values from, one after another; the effect is their mean
public record Ablation(By by, int draws) implements Method {

    public enum By {
        /// Nothing but zeros.
        ZERO,
        /// The mean over all positions of all prompts of the sweep.
        MEAN,
        /// What another prompt of the sweep with as many tokens has there, drawn at random (Chan et al. 2022, "Causal
        /// scrubbing").
        RESAMPLE;

        /// @throws BadInputException when there is none of that name
        public static By parse(String text) {
            return Arrays.stream(values())
                    .filter(by -> by.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new BadInputException("no ablation \"" + text + "\"; known: "
                            + Arrays.stream(values())
                                    .map(by -> by.name().toLowerCase(Locale.ROOT))
                                    .collect(Collectors.joining(", "))
                            + "."));
        }
    }

    public Ablation {
        if (draws < 1) {
            throw new BadInputException("resampling with " + draws + " draws; give 1 or more.");
        }
    }

    @Override
    public String text() {
        return "ablate";
    }

    @Override
    public String how() {
        return switch (by) {
            case ZERO -> "the prompt is run, with zeros in place";
            case MEAN -> "the prompt is run, with the mean over all positions of all prompts in place";
            case RESAMPLE -> "the prompt is run, with values of other prompts in place, up to " + draws + " of them";
        };
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("head_z"), SiteChoice.parse("mlp_out@all"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        List<Source> drawn = by == By.RESAMPLE ? others(run) : List.of(run.prompt());
        List<List<Edit>> variants = new ArrayList<>();
        for (Source source : drawn) {
            run.targets().forEach(target -> variants.add(edits(target, source, run)));
        }
        PairRun.Swept swept = run.sweep(run.prompt(), variants);
        List<Effect> effects = new ArrayList<>();
        int targets = run.targets().size();
        for (int i = 0; i < targets; i++) {
            double sum = 0;
            for (int draw = 0; draw < drawn.size(); draw++) {
                sum += swept.values()[draw * targets + i];
            }
            effects.add(Effect.of(pair, run.targets().get(i), sum / drawn.size(), swept.baseline()));
        }
        return effects;
    }

    private List<Edit> edits(Target target, Source drawn, PairRun run) {
        return target.term()
                .map(term -> run.codes().ablated(term, run.pair().promptRun(), target.at(), by == By.MEAN))
                .orElseGet(() -> List.of(edit(target, drawn, run)));
    }

    private Edit edit(Target target, Source drawn, PairRun run) {
        return switch (by) {
            case ZERO -> new Edit.Zero(target.site(), target.positions());
            case MEAN ->
                new Edit.Mean(
                        target.site(),
                        target.positions(),
                        run.pairs().stream().map(Pair::promptRun).distinct().toList());
            case RESAMPLE -> new Edit.Patch(target.site(), target.positions(), drawn);
        };
    }

    /// Prompts of other pairs with as many tokens, in random order.
    private List<Source> others(PairRun run) {
        Pair pair = run.pair();
        List<Source> others = new ArrayList<>(run.pairs().stream()
                .filter(other ->
                        other.length() == pair.length() && !other.prompt().equals(pair.prompt()))
                .map(Pair::promptRun)
                .distinct()
                .toList());
        if (others.isEmpty()) {
            throw new BadInputException(
                    "%s has %d tokens and no other prompt of the file has, so there is nothing to resample from; give prompts of one length, or --ablation mean or zero."
                            .formatted(pair.name(), pair.length()));
        }
        RandomGenerator random = new Random(run.seed() * 31 + pair.index()).generator();
        Shuffle.of(others.size(), random, (one, other) -> Collections.swap(others, one, other));
        return others.subList(0, Math.min(draws, others.size()));
    }
}
