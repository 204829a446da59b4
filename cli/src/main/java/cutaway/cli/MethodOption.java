package cutaway.cli;

import cutaway.interp.effects.Ablation;
import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.AttentionKnockout;
import cutaway.interp.effects.CausalTracing;
import cutaway.interp.effects.DirectLogits;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.EdgeGradients;
import cutaway.interp.effects.GradientPatching;
import cutaway.interp.effects.LogitLens;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.PathEffects;
import cutaway.interp.effects.Rollout;
import cutaway.interp.effects.SmoothGradients;
import cutaway.interp.effects.TokenGradients;
import cutaway.interp.prompts.PositionChoice;
import cutaway.tensor.BadInputException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--method`, and what the methods ask besides.
final class MethodOption {

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "patch",
            description =
                    "patch, path, ablate, knockout, trace (interventions); attribution, eap, eap-ig, ig, smoothgrad"
                            + " (gradients); dla, lens, rollout (readings of the prompt) (default: ${DEFAULT-VALUE}).")
    private String method = "patch";

    @Option(
            names = "--direction",
            paramLabel = "WAY",
            description =
                    "denoise: run the contrast, put in values of the prompt; noise: the other way round. For patch,"
                            + " path, attribution, eap, eap-ig, ig (default: denoise).")
    private @Nullable String direction;

    @Option(
            names = "--to",
            preprocessor = CommaList.class,
            paramLabel = "RECEIVERS",
            description = "Receivers of path, joined by commas: head_q[LAYER.HEAD], head_k or head_v[LAYER.KVHEAD],"
                    + " mlp_in[LAYER], logits.")
    private @Nullable String receivers;

    @Option(
            names = "--ablation",
            paramLabel = "BY",
            description =
                    "What ablate puts in place: zero, mean (over all positions of all prompts) or resample (another"
                            + " prompt of that length) (default: mean).")
    private @Nullable String ablation;

    @Option(
            names = "--queries",
            paramLabel = "POSITIONS",
            description = "The positions that knockout keeps from looking (default: last).")
    private @Nullable String queries;

    @Option(
            names = "--subject",
            paramLabel = "POSITIONS",
            description = "Where trace adds noise (default: the role named subject).")
    private @Nullable String subject;

    @Option(
            names = "--noise",
            paramLabel = "NUMBER",
            description = "Standard deviation of that noise, in those of the embeddings (default: 3); for smoothgrad"
                    + " as a share of their range (default: 0.15).")
    private @Nullable Double noise;

    @Option(
            names = "--draws",
            paramLabel = "NUMBER",
            description =
                    "Draws that are averaged: of noise for trace (default: 10) and smoothgrad (default: 20), of prompts"
                            + " for resample (default: 5).")
    private @Nullable Integer draws;

    @Option(
            names = "--steps",
            paramLabel = "NUMBER",
            description = "Gradients on the way of eap-ig (default: 5) and ig (default: 20).")
    private @Nullable Integer steps;

    /// @throws BadInputException when there is none of that name, or an option is not one of its own
    Method method() {
        return switch (method) {
            case "patch" -> only(new ActivationPatching(direction()), "--direction");
            case "path" ->
                only(
                        new PathEffects(direction(), receivers == null ? List.of() : List.of(receivers.split(",", -1))),
                        "--direction",
                        "--to");
            case "ablate" -> only(ablation(), "--ablation", "--draws");
            case "knockout" ->
                only(new AttentionKnockout(PositionChoice.parse(queries == null ? "last" : queries)), "--queries");
            case "trace" ->
                only(
                        new CausalTracing(
                                PositionChoice.parse(subject == null ? "subject" : subject),
                                noise == null ? 3 : noise,
                                draws == null ? 10 : draws),
                        "--subject",
                        "--noise",
                        "--draws");
            case "attribution" -> only(new GradientPatching(direction()), "--direction");
            case "eap" -> only(new EdgeGradients(direction(), 1), "--direction");
            case "eap-ig" -> only(new EdgeGradients(direction(), steps == null ? 5 : steps), "--direction", "--steps");
            case "ig" -> only(new TokenGradients(direction(), steps == null ? 20 : steps), "--direction", "--steps");
            case "dla" -> only(new DirectLogits());
            case "lens" -> only(new LogitLens());
            case "rollout" -> only(new Rollout());
            case "smoothgrad" ->
                only(
                        new SmoothGradients(draws == null ? 20 : draws, noise == null ? 0.15 : noise),
                        "--noise",
                        "--draws");
            default ->
                throw new BadInputException("no method \"" + method + "\"; known: patch, path, ablate, knockout, trace,"
                        + " attribution, eap, eap-ig, ig, smoothgrad, dla, lens, rollout.");
        };
    }

    private Ablation ablation() {
        Ablation.By by = Ablation.By.parse(ablation == null ? "mean" : ablation);
        if (draws != null && by != Ablation.By.RESAMPLE) {
            throw new BadInputException("--draws goes with --ablation resample, and "
                    + (ablation == null ? "mean" : ablation) + " has nothing to draw; leave it out.");
        }
        return new Ablation(by, draws == null ? 5 : draws);
    }

    private Direction direction() {
        return switch (direction == null ? "denoise" : direction) {
            case "denoise" -> Direction.DENOISE;
            case "noise" -> Direction.NOISE;
            default ->
                throw new BadInputException(
                        "no direction \"" + direction + "\"; known: denoise (the contrast is run, with"
                                + " values of the prompt) and noise (the other way round).");
        };
    }

    private Method only(Method chosen, String... options) {
        List<String> own = List.of(options);
        refuse(direction != null, "--direction", own);
        refuse(receivers != null, "--to", own);
        refuse(ablation != null, "--ablation", own);
        refuse(queries != null, "--queries", own);
        refuse(subject != null, "--subject", own);
        refuse(noise != null, "--noise", own);
        refuse(draws != null, "--draws", own);
        refuse(steps != null, "--steps", own);
        return chosen;
    }

    private void refuse(boolean given, String option, List<String> own) {
        if (given && !own.contains(option)) {
            throw new BadInputException("%s does not go with --method %s, which takes %s; leave it out."
                    .formatted(option, method, own.isEmpty() ? "no option of its own" : String.join(", ", own)));
        }
    }
}
