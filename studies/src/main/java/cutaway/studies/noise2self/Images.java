package cutaway.studies.noise2self;

import cutaway.features.select.MedianFilter;
import cutaway.features.select.Selection;
import cutaway.features.select.SplitTest;
import cutaway.lab.blind.BlindDenoiser;
import cutaway.lab.task.Shapes;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Shapes of the lab with noise, and what medians and nets make of them.
///
/// @param size pixels of a side
/// @param clean image after image, row by row
/// @param noisy the same with noise
/// @param again the same with other noise
record Images(int size, List<float[]> clean, List<float[]> noisy, List<float[]> again) {

    static final double[] RADII = {1, 2, 3, 4, 5, 6};

    /// @param sigma standard deviation of each pixel's noise
    /// @param smooth whether the noise of a pixel is the mean of 3 by 3 draws, so that neighbours share it
    static Images draw(int count, int size, double sigma, boolean smooth, long seed) {
        RandomGenerator random = new Random(seed).generator();
        Shapes shapes = new Shapes(size, 0);
        List<float[]> clean = IntStream.range(0, count)
                .mapToObj(_ -> {
                    Shapes.Drawn shape = shapes.drawn(random);
                    float[] image = new float[size * size];
                    for (int i = 0; i < image.length; i++) {
                        image[i] = (float) shape.at(i / size, i % size);
                    }
                    return image;
                })
                .toList();
        return new Images(
                size, clean, noisy(clean, size, sigma, smooth, random), noisy(clean, size, sigma, smooth, random));
    }

    private static List<float[]> noisy(
            List<float[]> clean, int size, double sigma, boolean smooth, RandomGenerator random) {
        return clean.stream()
                .map(image -> {
                    int side = size + 2;
                    double[] drawn = IntStream.range(0, side * side)
                            .mapToDouble(_ -> random.nextGaussian())
                            .toArray();
                    float[] noisy = image.clone();
                    for (int i = 0; i < noisy.length; i++) {
                        int at = (i / size + 1) * side + i % size + 1;
                        noisy[i] += (float) (sigma * (smooth ? around(drawn, at, side) : drawn[at]));
                    }
                    return noisy;
                })
                .toList();
    }

    /// The mean of nine, made as large as one.
    private static double around(double[] drawn, int at, int side) {
        double sum = 0;
        for (int down = -side; down <= side; down += side) {
            sum += drawn[at + down - 1] + drawn[at + down] + drawn[at + down + 1];
        }
        return sum / 3;
    }

    private static double square(List<float[]> a, List<float[]> b) {
        return IntStream.range(0, a.size())
                .mapToDouble(i -> square(a.get(i), b.get(i)))
                .average()
                .orElse(Double.NaN);
    }

    private static double square(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
        }
        return sum / a.length;
    }

    /// Mean square of the noise that was drawn.
    double noise() {
        return square(noisy, clean);
    }

    private List<float[]> filtered(double radius, boolean hole) {
        MedianFilter filter = new MedianFilter((int) radius, hole);
        return noisy.stream().map(image -> filter.filter(image, size)).toList();
    }

    /// The loss to the noisy images, and to the clean ones, by radius.
    record Curves(Selection selfSupervised, Selection truth) {

        boolean isRight() {
            return selfSupervised.chosen().value() == truth.chosen().value();
        }

        /// Over radii, the greatest difference of the loss from that to the truth and the noise, as a share of it.
        double gap(double noise) {
            return IntStream.range(0, truth.points().size())
                    .mapToDouble(i -> Math.abs(selfSupervised.points().get(i).selfSupervised()
                                    - truth.points().get(i).selfSupervised()
                                    - noise)
                            / selfSupervised.points().get(i).selfSupervised())
                    .max()
                    .orElse(Double.NaN);
        }
    }

    Curves medians(boolean hole) {
        List<List<float[]>> all =
                Arrays.stream(RADII).mapToObj(radius -> filtered(radius, hole)).toList();
        return new Curves(curve(all, noisy), curve(all, clean));
    }

    private static Selection curve(List<List<float[]>> all, List<float[]> against) {
        return new Selection(
                "radius",
                IntStream.range(0, RADII.length)
                        .mapToObj(i -> {
                            double loss = square(all.get(i), against);
                            return new Selection.Point(RADII[i], loss, loss);
                        })
                        .toList());
    }

    /// Whether the donut of a radius knows the noise of its hole.
    SplitTest split(double radius) {
        List<float[]> made = filtered(radius, true);
        return SplitTest.of(losses(made, noisy), losses(made, again));
    }

    private static double[] losses(List<float[]> made, List<float[]> against) {
        return IntStream.range(0, made.size())
                .mapToDouble(i -> square(made.get(i), against.get(i)))
                .toArray();
    }

    /// Decibels that a net is nearer to the truth than the median that was chosen without it.
    ///
    /// @param training noisy images to learn from; these here are to be denoised
    double gain(Images training, BlindDenoiser.Settings settings, DoubleConsumer progress) {
        Curves medians = medians(true);
        double median = medians.truth.points().stream()
                .filter(point ->
                        point.value() == medians.selfSupervised.chosen().value())
                .findFirst()
                .orElseThrow()
                .selfSupervised();
        try (Scope _ = Scope.open();
                BlindDenoiser net = BlindDenoiser.train(training.tensor(training.noisy), settings, progress)) {
            double off = net.denoise(tensor(noisy))
                    .minus(tensor(clean))
                    .square()
                    .mean()
                    .item();
            return 10 * Math.log10(median / off);
        }
    }

    private Tensor tensor(List<float[]> images) {
        float[] all = new float[images.size() * size * size];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i), 0, all, i * size * size, size * size);
        }
        return Tensor.of(all, images.size(), 1, size, size);
    }
}
