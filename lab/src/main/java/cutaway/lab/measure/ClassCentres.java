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
import java.util.Map;
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
            Map<String, Tensor> parameters = trained.parameters();
            @Nullable Tensor rows = parameters.get(shared == null ? "head.weight" : shared);
            if (rows == null || !areOf(trained.recipe())) {
                throw new BadInputException("the centres of classes of the task "
                        + trained.recipe().task().name() + ", whose examples have not one class each.");
            }
            AtomicReference<@Nullable Tensor> seen = new AtomicReference<>();
            trained.outputs(batch.x(), (name, value) -> {
                if (name.equals("features")) {
                    seen.set(Scope.detach(value.copy()));
                }
                return value;
            });
            try (Tensor features = Objects.requireNonNull(seen.get(), "features")) { // [instance, n, width]
                return IntStream.range(0, Math.toIntExact(rows.dim(0)))
                        .mapToDouble(i -> correlation(
                                matrix(features.select(0, i)),
                                batch.y().select(0, i).contiguous().toLongs(),
                                matrix(rows.select(0, i))))
                        .toArray();
            }
        });
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
        double[][] sums = new double[rows.length][rows[0].length];
        boolean[] occurs = new boolean[rows.length];
        for (int n = 0; n < features.length; n++) {
            int of = Math.toIntExact(classes[n]);
            occurs[of] = true;
            for (int i = 0; i < features[n].length; i++) {
                sums[of][i] += features[n][i];
            }
        }
        return IntStream.range(0, rows.length)
                .filter(of -> occurs[of])
                .mapToDouble(of -> pearson(sums[of], rows[of]))
                .average()
                .orElse(Double.NaN);
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
