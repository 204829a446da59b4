package cutaway.lab.measure;

import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.head.Target;
import cutaway.lab.train.Batch;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Whether a head's rows are the centres of their classes, as a head that reads distances should make them
/// (arXiv:2502.01628).
public final class ClassCentres {

    private ClassCentres() {}

    /// Whether the task of a recipe has classes, one of each example.
    public static boolean areOf(Recipe recipe) {
        return recipe.task().target() instanceof Target.Classes(List<Integer> sizes)
                && sizes.size() == 1
                && !recipe.net().hasOwnOutput();
    }

    /// The correlation of a class's row of the head with the mean, over its examples, of what the head is given; a mean
    /// over classes.
    ///
    /// @return of each instance
    /// @throws BadInputException when the net has no head of classes
    public static double[] correlations(Trained trained, Batch batch) {
        return Scope.free(() -> {
            @Nullable String shared = trained.recipe().net().sharedHead();
            @Nullable Tensor rows = trained.parameters().get(shared == null ? "head.weight" : shared);
            if (rows == null) {
                throw noClasses(trained);
            }
            return each(
                    trained,
                    batch,
                    (instance, features, classes) -> correlation(features, classes, matrix(rows.select(0, instance))));
        });
    }

    /// How tight classes are: the mean distance of what the head is given from its class's mean, over the mean
    /// distance between the means of two classes. 0 where all examples of a class are one.
    ///
    /// @return of each instance
    /// @throws BadInputException when the net has no head of classes
    public static double[] spreads(Trained trained, Batch batch) {
        return Scope.free(() -> each(trained, batch, (_, features, classes) -> spread(features, classes)));
    }

    /// @param features what the head is given, `[n][width]`
    /// @param classes of each
    private interface Measure {
        double of(int instance, double[][] features, long[] classes);
    }

    private static double[] each(Trained trained, Batch batch, Measure measure) {
        if (!areOf(trained.recipe())) {
            throw noClasses(trained);
        }
        AtomicReference<@Nullable Tensor> seen = new AtomicReference<>();
        trained.outputs(batch.x(), (name, value) -> {
            if (name.equals("features")) {
                seen.set(Scope.detach(value.copy()));
            }
            return value;
        });
        try (Tensor features = Objects.requireNonNull(seen.get(), "features")) { // [instance, n, width]
            return IntStream.range(0, Math.toIntExact(features.dim(0)))
                    .mapToDouble(i -> measure.of(
                            i,
                            matrix(features.select(0, i)),
                            batch.y().select(0, i).contiguous().toLongs()))
                    .toArray();
        }
    }

    private static BadInputException noClasses(Trained trained) {
        return new BadInputException("the centres of classes of the task "
                + trained.recipe().task().name() + ", whose examples have not one class each.");
    }

    private static double[][] matrix(Tensor values) {
        double[] all = values.contiguous().toDoubles();
        int width = Math.toIntExact(values.dim(1));
        return IntStream.range(0, all.length / width)
                .mapToObj(i -> Arrays.copyOfRange(all, i * width, (i + 1) * width))
                .toArray(double[][]::new);
    }

    /// @param features `[n][width]`
    /// @param classes of each
    /// @param rows `[class][width]`
    static double correlation(double[][] features, long[] classes, double[][] rows) {
        double[][] means = means(features, classes, rows.length);
        return IntStream.range(0, rows.length)
                .filter(of -> occurs(means[of]))
                .mapToDouble(of -> pearson(means[of], rows[of]))
                .average()
                .orElse(Double.NaN);
    }

    /// @param features `[n][width]`
    /// @param classes of each
    static double spread(double[][] features, long[] classes) {
        int most = Math.toIntExact(Arrays.stream(classes).max().orElse(0));
        double[][] means = means(features, classes, most + 1);
        double within = IntStream.range(0, features.length)
                .mapToDouble(n -> distance(features[n], means[Math.toIntExact(classes[n])]))
                .average()
                .orElse(Double.NaN);
        int[] there =
                IntStream.range(0, means.length).filter(of -> occurs(means[of])).toArray();
        double between = Arrays.stream(there)
                .boxed()
                .flatMap(a -> Arrays.stream(there).filter(b -> b > a).mapToObj(b -> distance(means[a], means[b])))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(Double.NaN);
        return within / between;
    }

    /// `[class][width]`; NaN for a class that does not occur.
    private static double[][] means(double[][] features, long[] classes, int count) {
        double[][] means = new double[count][features[0].length];
        int[] examples = new int[count];
        for (int n = 0; n < features.length; n++) {
            int of = Math.toIntExact(classes[n]);
            examples[of]++;
            for (int i = 0; i < features[n].length; i++) {
                means[of][i] += features[n][i];
            }
        }
        for (int of = 0; of < count; of++) {
            for (int i = 0; i < means[of].length; i++) {
                means[of][i] /= examples[of];
            }
        }
        return means;
    }

    private static boolean occurs(double[] mean) {
        return !Double.isNaN(mean[0]);
    }

    private static double distance(double[] first, double[] second) {
        double squares = 0;
        for (int i = 0; i < first.length; i++) {
            squares += (first[i] - second[i]) * (first[i] - second[i]);
        }
        return Math.sqrt(squares);
    }

    private static double pearson(double[] first, double[] second) {
        double ofFirst = Arrays.stream(first).average().orElse(0);
        double ofSecond = Arrays.stream(second).average().orElse(0);
        double products = 0;
        double squaresOfFirst = 0;
        double squaresOfSecond = 0;
        for (int i = 0; i < first.length; i++) {
            double x = first[i] - ofFirst;
            double y = second[i] - ofSecond;
            products += x * y;
            squaresOfFirst += x * x;
            squaresOfSecond += y * y;
        }
        return products / Math.sqrt(squaresOfFirst * squaresOfSecond);
    }
}
