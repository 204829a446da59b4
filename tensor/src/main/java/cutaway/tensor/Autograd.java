package cutaway.tensor;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Gradients by reverse-mode differentiation.
///
/// Nothing is recorded until a tensor is tracked: what is computed from it after that can be differentiated.
public final class Autograd {

    /// Elements of the largest input, below which products on the way back keep to one core: OpenBLAS's threads
    /// spin while they wait for each other. Of SmolLM2-135M on two cores, the way back of 14 tokens (8,000
    /// elements) takes as long on one as on two, where it takes ten times as long beside other work; of 56
    /// tokens, a fifth longer.
    private static final long FEW = 1 << 15;

    private Autograd() {}

    /// The same values as a new leaf of the graph: gradients with respect to it can be asked for.
    ///
    /// @throws IllegalArgumentException when the values are not floating point
    public static Tensor track(Tensor value) {
        if (!value.dtype().isFloating()) {
            throw new IllegalArgumentException("gradient of " + value.dtype() + " values; only floating point has one");
        }
        return Tensor.op(
                "track",
                () -> {
                    org.bytedeco.pytorch.Tensor leaf = value.h().detach();
                    leaf.set_requires_grad(true); // returns the same object
                    return leaf;
                },
                value);
    }

    /// Whether the tensor depends on a tracked one.
    public static boolean isTracked(Tensor value) {
        return value.h().requires_grad();
    }

    /// The same values outside the graph.
    public static Tensor untracked(Tensor value) {
        return Tensor.op("untracked", () -> value.h().detach(), value);
    }

    /// `d output / d inputs[i]`, each with the shape of its input; zeros where the output does not depend on it.
    ///
    /// @param output a scalar that was computed from tracked tensors
    /// @throws IllegalArgumentException when the output has more than one element, or depends on nothing tracked
    public static List<Tensor> gradients(Tensor output, List<Tensor> inputs) {
        return gradients(output, inputs, true);
    }

    /// As [#gradients], of an output of which no more will be asked: what the graph holds is freed on the way back.
    public static List<Tensor> lastGradients(Tensor output, List<Tensor> inputs) {
        return gradients(output, inputs, false);
    }

    private static List<Tensor> gradients(Tensor output, List<Tensor> inputs, boolean keepGraph) {
        if (output.shape().count() != 1) {
            throw new IllegalArgumentException(
                    "gradient of shape " + output.shape() + "; the output must be one number");
        }
        if (!isTracked(output)) {
            throw new IllegalArgumentException("gradient of a number that depends on no tracked tensor");
        }
        List<Tensor> tracked = inputs.stream().filter(Autograd::isTracked).toList();
        List<Tensor> found = tracked.isEmpty() ? List.of() : back(output, tracked, keepGraph);
        return inputs.stream()
                .map(input -> isTracked(input)
                        ? found.get(tracked.indexOf(input))
                        : Tensor.full(0, input.dtype(), input.shape().dims()))
                .toList();
    }

    private static List<Tensor> back(Tensor output, List<Tensor> inputs, boolean keepGraph) {
        if (inputs.stream().anyMatch(input -> input.shape().count() >= FEW)) {
            return grad(output, inputs, keepGraph);
        }
        return OpenBlas.onOneThread(() -> grad(output, inputs, keepGraph));
    }

    private static List<Tensor> grad(Tensor output, List<Tensor> inputs, boolean keepGraph) {
        try (TensorVector outputs = Tensor.vector(List.of(output));
                TensorVector wanted = Tensor.vector(inputs);
                TensorVector seeds = new TensorVector();
                BoolOptional keep = new BoolOptional(keepGraph);
                TensorVector found = torch.grad(outputs, wanted, seeds, keep, false, true)) {
            return IntStream.range(0, inputs.size())
                    .mapToObj(i -> found.get(i).defined()
                            ? Tensor.owned(found.get(i))
                            : Tensor.full(
                                    0,
                                    inputs.get(i).dtype(),
                                    inputs.get(i).shape().dims()))
                    .toList();
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw Tensor.refused("gradient", e, output);
        }
    }
}
