package cutaway.lab.lora;

import cutaway.lab.Draws;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// Low-rank adapters over some weights of a model (Hu et al., arXiv:2106.09685, section 4.1):
///
///     W' = W + alpha / rank * B A
///
/// A begins at random and B at 0, so that an adapter changes nothing before it is trained. Weights may carry an
/// instance axis in front; each instance has an adapter of its own.
public final class Lora implements AutoCloseable {

    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final String RANK = "r";
    private static final String ALPHA = "lora_alpha";

    private final int rank;
    private final double alpha;
    private final LinkedHashMap<String, Tensor> parameters;

    private Lora(int rank, double alpha, LinkedHashMap<String, Tensor> parameters) {
        this.rank = rank;
        this.alpha = alpha;
        this.parameters = parameters;
    }

    /// An adapter that changes nothing yet; the caller closes it.
    ///
    /// @param base the model; its matrices are `[..., out, in]`, behind the axis of instances where it has several
    /// @param adapted names of those that are adapted
    /// @throws BadInputException when there is no such matrix, or the rank is above its smaller side
    public static Lora start(Objective base, List<String> adapted, int rank, double alpha, long seed) {
        Map<String, Tensor> weights = base.parameters();
        if (rank < 1 || !(alpha > 0) || adapted.isEmpty()) {
            throw new BadInputException("an adapter of the rank " + rank + " and alpha " + alpha + " over "
                    + adapted.size() + " weights; expected a rank of at least 1, an alpha above 0, and a weight.");
        }
        LinkedHashMap<String, Tensor> parameters = new LinkedHashMap<>();
        for (String name : adapted) {
            Tensor weight = weights.get(name);
            if (weight == null || !isMatrix(weight, base.instances())) {
                throw new BadInputException("there is no matrix " + name + " to adapt; expected some of "
                        + weights.entrySet().stream()
                                .filter(one -> isMatrix(one.getValue(), base.instances()))
                                .map(Map.Entry::getKey)
                                .collect(Collectors.joining(", "))
                        + ".");
            }
            long most = Math.min(weight.dim(-2), weight.dim(-1));
            if (rank > most) {
                throw new BadInputException("an adapter of the rank " + rank + " over " + name + ", which is "
                        + weight.dim(-2) + " by " + weight.dim(-1) + "; give a rank of at most " + most + ".");
            }
            parameters.put(name + A, Scope.detach(Scope.keep(() -> random(name, weight, rank, seed))));
            parameters.put(name + B, Scope.detach(Tensor.full(0, weight.dtype(), dims(weight, weight.dim(-2), rank))));
        }
        return new Lora(rank, alpha, parameters);
    }

    /// Whether it has rows and columns, behind an axis of instances where there are several: their biases, stacked,
    /// are none, nor is the bias of one alone, a single row.
    private static boolean isMatrix(Tensor weight, int instances) {
        return weight.shape().rank() >= (instances > 1 ? 3 : 2) && weight.dim(-2) > 1 && weight.dim(-1) > 1;
    }

    private static long[] dims(Tensor weight, long rows, long columns) {
        long[] all = weight.shape().dims();
        return LongStream.concat(LongStream.of(all).limit(all.length - 2L), LongStream.of(rows, columns))
                .toArray();
    }

    /// From +-1 / sqrt(in), as PyTorch's layers begin.
    private static Tensor random(String name, Tensor weight, int rank, long seed) {
        Tensor drawn = Tensor.uninitialised(Dtype.F64, new Shape(dims(weight, rank, weight.dim(-1))));
        MemorySegment data = drawn.data();
        Draws draws = Draws.of(seed, name, 0);
        double bound = 1 / Math.sqrt(weight.dim(-1));
        for (long i = 0; i < drawn.shape().count(); i++) {
            data.setAtIndex(ValueLayout.JAVA_DOUBLE, i, bound * (2 * draws.nextDouble() - 1));
        }
        return drawn.to(weight.dtype());
    }

    /// What is trained, by name: `NAME.lora_A.weight` `[..., rank, in]` and `NAME.lora_B.weight` `[..., out, rank]`.
    public Map<String, Tensor> parameters() {
        return parameters;
    }

    /// The names of the weights that are adapted.
    public List<String> adapted() {
        return parameters.keySet().stream()
                .filter(name -> name.endsWith(A))
                .map(name -> name.substring(0, name.length() - A.length()))
                .toList();
    }

    /// The model's weights with the adapter in them, which stay as they are: to take it out again is to go on with
    /// them. What is adapted is a new tensor, the caller's to free; what is not is the same.
    public Map<String, Tensor> merged(Map<String, Tensor> weights) {
        return merged(weights, parameters);
    }

    /// The same with other numbers in the adapter.
    ///
    /// @param from by the names of [#parameters], tracked where gradients are wanted
    public Map<String, Tensor> merged(Map<String, Tensor> weights, Map<String, Tensor> from) {
        Map<String, Tensor> merged = new LinkedHashMap<>(weights);
        for (String name : adapted()) {
            merged.put(name, Scope.keep(() -> of(weights, name).plus(change(from, name))));
        }
        return merged;
    }

    private Tensor change(Map<String, Tensor> from, String name) {
        return of(from, name + B).matmul(of(from, name + A)).times(alpha / rank);
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name + " among " + tensors.keySet());
        }
        return tensor;
    }

    /// The adapter as what is trained: the loss of a model with it, whose own weights stay as they are.
    public Objective over(Objective base) {
        return new Objective() {
            @Override
            public Map<String, Tensor> parameters() {
                return parameters;
            }

            @Override
            public int instances() {
                return base.instances();
            }

            @Override
            public Tensor losses(Map<String, Tensor> from, Batch batch) {
                return base.losses(merged(base.parameters(), from), batch);
            }

            @Override
            public Map<String, double[]> measures(Map<String, Tensor> from, Batch batch) {
                return base.measures(merged(base.parameters(), from), batch);
            }
        };
    }

    /// Writes it as safetensors, with rank and alpha in the file's metadata.
    public void write(Path file) {
        TensorFile.write(file, parameters, Map.of(RANK, Integer.toString(rank), ALPHA, Double.toString(alpha)));
    }

    /// Reads what [#write] wrote; the caller closes it.
    ///
    /// @throws BadInputException when the file holds no adapter
    public static Lora read(Path file) {
        try (SafetensorsFile open = SafetensorsFile.open(file);
                Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> parameters = TensorFile.readAll(open);
            boolean areAll = parameters.keySet().stream()
                    .allMatch(name -> name.endsWith(A)
                            ? parameters.containsKey(name.substring(0, name.length() - A.length()) + B)
                            : name.endsWith(B));
            String rank = open.metadata().getOrDefault(RANK, "");
            String alpha = open.metadata().getOrDefault(ALPHA, "");
            if (!areAll || parameters.isEmpty() || rank.isEmpty() || alpha.isEmpty()) {
                throw new BadInputException(file + " holds no adapter; expected pairs NAME" + A + " and NAME" + B
                        + ", with " + RANK + " and " + ALPHA + " in its metadata.");
            }
            Lora lora = new Lora(Integer.parseInt(rank), Double.parseDouble(alpha), parameters);
            parameters.values().forEach(Scope::detach);
            return lora;
        } catch (NumberFormatException e) {
            throw new BadInputException(
                    file + " has a rank or an alpha that is no number; expected what an adapter was written with.", e);
        }
    }

    @Override
    public void close() {
        parameters.values().forEach(Tensor::close);
    }
}
