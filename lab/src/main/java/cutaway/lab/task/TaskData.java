package cutaway.lab.task;

import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import cutaway.lab.task.Task.Rows;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Source;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Cores;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The batches of a task for many instances, each with its own examples: filled side by side on all cores, into tensors
/// that are made once.
public final class TaskData implements Source, AutoCloseable {

    /// Which examples an instance sees.
    public record Instance(long seed, int variant) {}

    private final Task task;
    private final Dtype dtype;
    private final List<Examples> examples;
    private final int size;
    private final boolean isWhole;
    private final Filled batch;
    private final @Nullable Tensor weight;
    private @Nullable Filled test;
    private boolean isFilled;

    /// @param size examples of a batch; 0: all that there are to train on
    /// @param dtype of inputs and outputs that are numbers
    public TaskData(Task task, List<Instance> instances, int size, Dtype dtype) {
        this.task = task;
        this.dtype = dtype;
        this.examples = instances.stream()
                .map(one -> task.examples(one.seed, one.variant))
                .toList();
        int all = examples.getFirst().trainSize();
        if (size < 0 || (size == 0 && all == 0) || (all > 0 && size > all)) {
            throw new BadInputException("batches of " + size + " examples of " + task.name() + "; expected "
                    + (all == 0 ? "at least 1, for it has no end." : "1 to " + all + ", or 0 for all " + all + "."));
        }
        this.size = size == 0 ? all : size;
        this.isWhole = this.size == all;
        this.batch = new Filled(this.size);
        this.weight = weights(instances);
    }

    /// Tensors with the arrays that they are filled from.
    private final class Filled implements AutoCloseable {
        private final List<Rows> rows;
        private final Tensor x;
        private final Tensor y;

        Filled(int count) {
            Input input = task.input();
            Target target = task.target();
            rows = examples.stream().map(_ -> Rows.of(count, input, target)).toList();
            long[] head = {examples.size(), count};
            long[] each = input instanceof Input.Image(int channels, int height, int width)
                    ? new long[] {channels, height, width}
                    : new long[] {input.flat()};
            x = tensor(input instanceof Input.Tokens ? Dtype.I64 : dtype, head, each);
            y = tensor(target.areClasses() ? Dtype.I64 : dtype, head, Rows.width(target));
        }

        private static Tensor tensor(Dtype dtype, long[] head, long... each) {
            long[] dims =
                    LongStream.concat(LongStream.of(head), LongStream.of(each)).toArray();
            return Scope.detach(Tensor.full(0, dtype, dims));
        }

        /// @param i of the instance whose rows are there
        void put(int i) {
            Rows from = rows.get(i);
            put(x, i, from.x(), from.tokens());
            put(y, i, from.y(), from.classes());
        }

        private static void put(Tensor to, int i, float[] numbers, long[] whole) {
            MemorySegment data = to.data();
            long count = Math.addExact(numbers.length, whole.length);
            switch (to.dtype()) {
                case I64 ->
                    MemorySegment.copy(whole, 0, data, ValueLayout.JAVA_LONG, i * count * Long.BYTES, whole.length);
                case F32 ->
                    MemorySegment.copy(
                            numbers, 0, data, ValueLayout.JAVA_FLOAT, i * count * Float.BYTES, numbers.length);
                default -> {
                    for (int j = 0; j < numbers.length; j++) {
                        data.setAtIndex(ValueLayout.JAVA_DOUBLE, i * count + j, numbers[j]);
                    }
                }
            }
        }

        @Override
        public void close() {
            x.close();
            y.close();
        }
    }

    private @Nullable Tensor weights(List<Instance> instances) {
        List<double[]> each = instances.stream()
                .map(one -> task.weights(one.variant))
                .filter(weights -> IntStream.range(0, weights.length).anyMatch(i -> weights[i] != 1))
                .toList();
        if (each.isEmpty()) {
            return null;
        }
        double[] all = instances.stream()
                .flatMapToDouble(one -> Arrays.stream(task.weights(one.variant)))
                .toArray();
        return Scope.detach(Scope.keep(() -> Tensor.of(all, instances.size(), 1, all.length / instances.size())
                .to(dtype)));
    }

    /// Examples of a batch.
    public int size() {
        return size;
    }

    @Override
    public Batch batch(long step) {
        if (!isWhole || !isFilled) {
            Cores.forEach(examples.size(), at -> {
                int i = (int) at;
                examples.get(i).train(step, batch.rows.get(i));
                batch.put(i);
            });
            isFilled = true;
        }
        return new Batch(batch.x, batch.y, weight);
    }

    /// All held-out examples, where there are any; the same tensors each time.
    public Optional<Batch> test() {
        int held = examples.getFirst().testSize();
        if (held == 0) {
            return Optional.empty();
        }
        Filled filled = test;
        if (filled == null) {
            Filled made = new Filled(held);
            Cores.forEach(examples.size(), at -> {
                int i = (int) at;
                examples.get(i).test(made.rows.get(i));
                made.put(i);
            });
            test = made;
            filled = made;
        }
        return Optional.of(new Batch(filled.x, filled.y, weight));
    }

    @Override
    public void close() {
        batch.close();
        if (test != null) {
            test.close();
        }
        if (weight != null) {
            weight.close();
        }
    }
}
