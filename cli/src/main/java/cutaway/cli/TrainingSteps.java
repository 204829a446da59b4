package cutaway.cli;

import cutaway.features.train.Schedule;
import cutaway.features.train.Training;
import cutaway.tensor.Adam;
import cutaway.tensor.BadInputException;
import cutaway.tensor.training.Pace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How many steps a training has, of how many tokens, and how they are made.
final class TrainingSteps {

    /// Of so many latents the usual learning rate is 2e-4; it goes with the root of their number (Gao et al. 2024).
    private static final double USUAL_WIDTH = 16384;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Tokens of a step (default: ${DEFAULT-VALUE}).")
    int batch;

    @Option(names = "--steps", paramLabel = "N", description = "Steps (default: all activations once).")
    private @Nullable Long steps;

    @Option(
            names = "--rate",
            paramLabel = "X",
            description = "Learning rate (default: 2e-4 times the root of 16,384 / width).")
    private @Nullable Double rate;

    @Option(
            names = "--warm-up",
            paramLabel = "STEPS",
            description = "Steps over which the rate rises (default: a twentieth of all, at most 1,000).")
    private @Nullable Long warmUp;

    @Option(
            names = "--decay",
            paramLabel = "STEPS",
            description = "Last steps, over which the rate falls to 0 (default: a fifth of all).")
    private @Nullable Long decay;

    @Option(
            names = "--sparsity-warm-up",
            paramLabel = "STEPS",
            description = "Steps over which the sparsity penalty rises (default: a twentieth of all).")
    private @Nullable Long sparsityWarmUp;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            defaultValue = "1",
            description = "The greatest norm of all gradients together; 0: any (default: ${DEFAULT-VALUE}).")
    private double clip;

    @Option(names = "--lazy", description = "Latents that no token of a batch touched wait: Adam leaves them alone.")
    private boolean lazy;

    @Option(
            names = "--keep-every",
            paramLabel = "STEPS",
            defaultValue = "200",
            description = "Steps between two checkpoints (default: ${DEFAULT-VALUE}).")
    private long keepEvery;

    /// @param vectors that there are
    /// @param width latents
    Schedule schedule(long vectors, int width) {
        if (batch < 1) {
            throw new BadInputException("--batch is " + batch + "; expected at least 1 token.");
        }
        long all = steps != null ? steps : Math.max(1, vectors / batch);
        return new Schedule(
                all,
                rate != null ? rate : 2e-4 * Math.sqrt(USUAL_WIDTH / width),
                warmUp != null ? warmUp : Math.min(1000, all / 20),
                decay != null ? decay : all / 5,
                sparsityWarmUp != null ? sparsityWarmUp : all / 20);
    }

    Training.Options options() {
        return new Training.Options(Adam.Settings.USUAL, clip, lazy, false);
    }

    Pace pace(Schedule schedule) {
        return new Pace(Math.max(1, Math.min(100, schedule.steps() / 50)), keepEvery);
    }
}
