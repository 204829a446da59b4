package cutaway.studies.additionhelix;

import cutaway.interp.geometry.ManifoldFit;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.descent.Descent;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.Tap;
import cutaway.lab.task.Addition;
import cutaway.studies.StudyRun;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/// Nets that add two tokens, 0 to 99 each, one for every seed: what they hold of numbers, and what they answer
/// where that is replaced.
final class AddingNet implements AutoCloseable {

    static final int NUMBERS = 100;

    /// What the last layer is called: before it, neurons only add what they see of a and of b.
    static final String LAST = "hidden.1";

    /// What the neurons of the hidden layers add up, before they are cut off below 0.
    static final String FIRST_NEURONS = "hidden.0.pre";

    static final String SECOND_NEURONS = "hidden.1.pre";

    private static final int WIDTH = 256;
    private static final int EMBEDDING = 64;
    private static final double SHARE = 0.7;
    private static final long[] DIGITS = {0, 10, 20, 22}; // units, tens and hundreds among the outputs

    /// What is put in place of the first number's embedding.
    interface Stand {
        /// @param numbers that are to be stood for
        /// @return `[number, 64]`
        Tensor of(double... numbers);

        static Stand by(ManifoldFit fit) {
            return fit::at;
        }
    }

    private final Trained trained;
    private final int instances;

    private AddingNet(Trained trained) {
        this.trained = trained;
        this.instances = trained.recipe().instances().size();
    }

    static AddingNet train(StudyRun run) {
        long steps = run.count("steps");
        Recipe recipe = Recipe.usual(new Addition(SHARE))
                .with(Map.of(
                        "steps",
                        steps,
                        "every",
                        Math.max(1, steps / 20),
                        "net",
                        new Mlp(List.of(WIDTH, WIDTH), Activation.RELU, true, EMBEDDING, false),
                        "descent",
                        new Descent.AdamW(1), // a tenth of it leaves one sum of eight wrong
                        "rate",
                        new LearningRate(3e-3, 0, steps / 5, LearningRate.Shape.LINEAR),
                        "seeds",
                        LongStream.range(0, run.seedCount()).boxed().toList()));
        return new AddingNet(run.train("nets that add", recipe));
    }

    /// On pairs that were held out: all three digits right.
    double accuracy(long seed) {
        return Objects.requireNonNull(trained.test().get("accuracy"), "accuracy")[(int) seed];
    }

    /// The embeddings of the numbers, `[100, 64]`, in the scope that is open.
    Tensor embedding(long seed) {
        return Objects.requireNonNull(trained.parameters().get("embedding.weight"), "embedding.weight")
                .select(0, seed)
                .contiguous();
    }

    /// An activation for all pairs, first number by first number, `[10,000, width]`; to be closed by the caller.
    Tensor activations(long seed, String name) {
        List<Tensor> seen = new ArrayList<>();
        try (Scope _ = Scope.open()) {
            double[] all = LongStream.range(0, NUMBERS).asDoubleStream().toArray();
            trained.outputs(pairs(all), (at, value) -> {
                if (at.equals(name)) {
                    seen.add(Scope.detach(value.select(0, seed).copy()));
                }
                return value;
            });
        }
        return seen.getFirst();
    }

    /// The share of sums that are right in all digits, where something stands for the first number: all sums of
    /// some numbers with every second one.
    double accuracyOf(long seed, Stand stand, double... numbers) {
        return Scope.free(() -> {
            Tensor there = stand.of(numbers);
            long width = there.dim(1);
            long rows = (long) numbers.length * NUMBERS;
            Tensor first =
                    there.unsqueeze(1).expand(numbers.length, NUMBERS, width).reshape(1, rows, width);
            Tensor out = trained.outputs(pairs(numbers), replaced(first)).select(0, seed); // [row, 22]
            Tensor right = Tensor.ones(rows).greater(0);
            long[] wanted = new long[(int) rows];
            for (int digit = 0; digit < DIGITS.length - 1; digit++) {
                int unit = (int) Math.pow(10, digit);
                for (int row = 0; row < rows; row++) {
                    wanted[row] = ((long) numbers[row / NUMBERS] + row % NUMBERS) / unit % 10;
                }
                right = right.and(
                        out.slice(1, DIGITS[digit], DIGITS[digit + 1]).argmax(1).equalTo(Tensor.of(wanted, rows)));
            }
            return right.to(Dtype.F32).mean().item();
        });
    }

    /// The first half of both embeddings is the first number's.
    private Tap replaced(Tensor first) {
        return (name, value) -> {
            if (!name.equals("embedding")) {
                return value;
            }
            Tensor all = first.to(value.dtype()).expand(instances, first.dim(1), first.dim(2));
            return Tensor.cat(List.of(all, value.slice(2, first.dim(2), value.dim(2))), 2);
        };
    }

    /// Each of some numbers with every second one, for all instances.
    private Tensor pairs(double... numbers) {
        long[] tokens = new long[2 * numbers.length * NUMBERS];
        for (int row = 0; row < numbers.length * NUMBERS; row++) {
            tokens[2 * row] = (long) numbers[row / NUMBERS];
            tokens[2 * row + 1] = row % NUMBERS;
        }
        long rows = (long) numbers.length * NUMBERS;
        return Tensor.of(tokens, 1, rows, 2).expand(instances, rows, 2).contiguous();
    }

    @Override
    public void close() {
        trained.close();
    }
}
