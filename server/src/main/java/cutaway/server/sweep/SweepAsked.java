package cutaway.server.sweep;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.effects.Ablation;
import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.Bases;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.MetricChoice;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.prompts.PairFile;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a sweep is asked.
///
/// @param model its name; empty for the usual one
/// @param pairs as a pairs file has them: one JSON object a line, or a template
/// @param method `patch` (usual) or `ablate`
/// @param direction of patch: `denoise` (usual) or `noise`
/// @param ablation `mean` (usual) or `zero`
/// @param sites joined by commas, as `cutaway sweep --sites` reads them; the method's usual ones where left out
/// @param positions as `cutaway sweep --positions` reads them
/// @param metric `margin` (usual), `logit`, `logprob`, `prob`, `kl` or `loss`
/// @param seed of every random draw
/// @param rows how many of the strongest effects are shown, each with controls; 12 where left out
public record SweepAsked(
        @MayBeLeftOut @Nullable String model,
        @JsonProperty(required = true) String pairs,
        @MayBeLeftOut @Nullable String method,
        @MayBeLeftOut @Nullable String direction,
        @MayBeLeftOut @Nullable String ablation,
        @MayBeLeftOut @Nullable String sites,
        @MayBeLeftOut @Nullable String positions,
        @MayBeLeftOut @Nullable String metric,
        @MayBeLeftOut long seed,
        @MayBeLeftOut @Nullable Integer rows) {

    private static final int USUAL_ROWS = 12;
    private static final int MOST_ROWS = 50;

    /// @throws cutaway.tensor.BadInputException when a line is no pair
    List<PromptPair> promptPairs() {
        return PairFile.pairs(pairs, "the pairs");
    }

    /// @throws Refusal when there is no such number
    int shown() {
        if (rows != null && (rows < 1 || rows > MOST_ROWS)) {
            throw new Refusal(400, "rows is " + rows + "; give 1 to " + MOST_ROWS + ".");
        }
        return rows == null ? USUAL_ROWS : rows;
    }

    /// @throws Refusal when there is no such method, way or metric
    EffectSweep sweep() {
        EffectSweep sweep = new EffectSweep(
                chosen(),
                isGiven(sites) ? SiteChoice.parseAll(String.valueOf(sites)) : List.of(),
                Bases.NONE,
                isGiven(metric) ? MetricChoice.parse(String.valueOf(metric)) : MetricChoice.MARGIN,
                seed,
                Optional.empty());
        return isGiven(positions) ? sweep.at(PositionChoice.parse(String.valueOf(positions))) : sweep;
    }

    private Method chosen() {
        String name = isGiven(method) ? String.valueOf(method) : "patch";
        return switch (name) {
            case "patch" -> {
                refuse(ablation, "ablation", name);
                yield new ActivationPatching(way());
            }
            case "ablate" -> {
                refuse(direction, "direction", name);
                yield new Ablation(replacement(), 1);
            }
            default ->
                throw new Refusal(
                        400,
                        "method is \"" + name
                                + "\"; give patch or ablate, or ask cutaway sweep, which has more methods.");
        };
    }

    private Direction way() {
        return switch (isGiven(direction) ? String.valueOf(direction) : "denoise") {
            case "denoise" -> Direction.DENOISE;
            case "noise" -> Direction.NOISE;
            default ->
                throw new Refusal(
                        400,
                        "direction is \"" + direction
                                + "\"; give denoise (the contrast is run, with values of the prompt) or noise.");
        };
    }

    private Ablation.By replacement() {
        return switch (isGiven(ablation) ? String.valueOf(ablation) : "mean") {
            case "mean" -> Ablation.By.MEAN;
            case "zero" -> Ablation.By.ZERO;
            default -> throw new Refusal(400, "ablation is \"" + ablation + "\"; give mean or zero.");
        };
    }

    private static void refuse(@Nullable String given, String name, String method) {
        if (isGiven(given)) {
            throw new Refusal(400, name + " does not go with the method " + method + "; leave it out.");
        }
    }

    private static boolean isGiven(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
