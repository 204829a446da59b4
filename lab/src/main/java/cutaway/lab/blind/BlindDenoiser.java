package cutaway.lab.blind;

import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.lab.train.Training;
import cutaway.tensor.Adam;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import java.util.random.RandomGenerator;

/// A U-Net that learned to denoise from noisy images alone (Batson and Royer 2019, "Noise2Self", section 5): of each
/// batch every fourth pixel in both directions is hidden behind the mean of its neighbours, and the net is to say
/// those.
///
///     loss = mean over hidden pixels of (net(image without them) - image)^2
///
/// A prediction hides each pixel once, so that none is made of its own noise.
public final class BlindDenoiser implements AutoCloseable {

    private static final GridMask GRID = new GridMask(4);

    private final Map<String, Tensor> weights;
    private final boolean masked;

    private BlindDenoiser(Map<String, Tensor> weights, boolean masked) {
        this.weights = weights;
        this.masked = masked;
    }

    /// How it is trained.
    ///
    /// @param channels of the net at full size
    /// @param batch images of a step
    /// @param masked whether pixels are hidden; where they are not, the net learns to repeat the noise
    public record Settings(int channels, int steps, int batch, double rate, boolean masked, long seed) {
        public Settings {
            if (channels < 1 || steps < 1 || batch < 1 || !(rate > 0)) {
                throw new BadInputException("a net of " + channels + " channels, " + steps + " steps of " + batch
                        + " images at the rate " + rate + "; expected at least 1 of each, and a rate above 0.");
            }
        }
    }

    /// @param images noisy ones, `[n, 1, height, width]`, sides even
    /// @param progress told the part that is done, 0 to 1
    public static BlindDenoiser train(Tensor images, Settings settings, DoubleConsumer progress) {
        if (images.shape().rank() != 4 || images.dim(1) != 1 || images.dim(2) % 2 != 0 || images.dim(3) % 2 != 0) {
            throw new BadInputException(
                    "images of the shape " + images.shape() + "; expected [n, 1, height, width] with even sides.");
        }
        Map<String, Tensor> weights = UNet.start(settings.channels, settings.seed);
        RandomGenerator random = new Random(settings.seed + 1).generator();
        LearningRate rate =
                new LearningRate(settings.rate, settings.steps / 20, settings.steps / 4, LearningRate.Shape.LINEAR);
        try (Training training =
                new Training(new OfHidden(weights), new Adam(weights, Adam.Settings.USUAL), rate, settings.steps, 1)) {
            for (int step = 0; step < settings.steps; step++) {
                progress.accept((double) step / settings.steps);
                try (Scope _ = Scope.open()) {
                    training.step(batch(images, settings, random));
                }
            }
        }
        return new BlindDenoiser(weights, settings.masked);
    }

    private static Batch batch(Tensor images, Settings settings, RandomGenerator random) {
        long[] rows = random.longs(settings.batch, 0, images.dim(0)).toArray();
        Tensor noisy = images.gatherRows(0, Tensor.of(rows, rows.length));
        int height = Math.toIntExact(images.dim(2));
        int width = Math.toIntExact(images.dim(3));
        if (!settings.masked) {
            return new Batch(noisy, noisy, Tensor.ones(1, 1, height, width));
        }
        Tensor mask = GRID.of(random.nextInt(GRID.parts()), height, width);
        return new Batch(GridMask.hidden(noisy, mask), noisy, mask);
    }

    private record OfHidden(Map<String, Tensor> parameters) implements Objective {

        @Override
        public int instances() {
            return 1;
        }

        @Override
        public Tensor losses(Map<String, Tensor> from, Batch batch) {
            Tensor mask = Objects.requireNonNull(batch.weight());
            Tensor off = UNet.forward(from, batch.x()).minus(batch.y()).square().times(mask);
            return off.sum().over(mask.sum().item() * batch.x().dim(0)).reshape(1);
        }
    }

    /// @param images `[n, 1, height, width]`
    /// @return what they are without noise, in their shape
    public Tensor denoise(Tensor images) {
        return Scope.keep(() -> {
            if (!masked) {
                return UNet.forward(weights, images);
            }
            Tensor all = images.times(0);
            for (int part = 0; part < GRID.parts(); part++) {
                Tensor before = all;
                int number = part;
                all = Scope.keep(() -> {
                    Tensor mask = GRID.of(number, Math.toIntExact(images.dim(2)), Math.toIntExact(images.dim(3)));
                    return before.plus(
                            UNet.forward(weights, GridMask.hidden(images, mask)).times(mask));
                });
                before.close();
            }
            return all;
        });
    }

    @Override
    public void close() {
        weights.values().forEach(Tensor::close);
    }
}
