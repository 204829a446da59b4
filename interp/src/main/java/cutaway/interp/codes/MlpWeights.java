package cutaway.interp.codes;

import cutaway.model.Model;
import cutaway.model.parts.Block;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.Matrix;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The matrices of a model's MLP that sign codes are read off, and how far each of its neurons pushes a
/// token.
public final class MlpWeights {

    /// Rows of the unembedding that are unpacked at a time.
    private static final long ROWS = 4096;

    /// Which matrix.
    public enum Which {
        /// What neurons read, of an MLP without a gate; `[neuron, dModel]`.
        IN,
        /// What their gates read; `[neuron, dModel]`.
        GATE,
        /// What is multiplied with the gates; `[neuron, dModel]`.
        UP,
        /// What they write; `[dModel, neuron]`: inputs are neurons.
        OUT;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Transformer transformer;
    private final Block block;

    /// @throws BadInputException when the model has no such block
    public MlpWeights(Model model, int block) {
        transformer = model.transformer();
        int blocks = transformer.blocks().size();
        if (block < 0 || block >= blocks) {
            throw new BadInputException(
                    "block " + block + " is asked for; this model has blocks 0 to " + (blocks - 1) + ".");
        }
        this.block = transformer.blocks().get(block);
    }

    /// The matrix that decides whether a neuron speaks: the gate, where there is one, else what it reads.
    public Which usual() {
        return linears().containsKey(Which.GATE) ? Which.GATE : Which.IN;
    }

    /// The matrices that the MLP has.
    public List<Which> matrices() {
        return List.copyOf(linears().keySet());
    }

    /// How many neurons the MLP has.
    public long neurons() {
        return switch (block.mlp()) {
            case Mlp.PlainMlp plain -> plain.out().in();
            case Mlp.GatedMlp gated -> gated.out().in();
        };
    }

    private Map<Which, Linear> linears() {
        Map<Which, Linear> all = new EnumMap<>(Which.class);
        switch (block.mlp()) {
            case Mlp.PlainMlp plain -> {
                all.put(Which.IN, plain.in());
                all.put(Which.OUT, plain.out());
            }
            case Mlp.GatedMlp gated -> {
                all.put(Which.GATE, gated.gate());
                all.put(Which.UP, gated.up());
                all.put(Which.OUT, gated.out());
            }
        }
        return all;
    }

    /// @param most inputs that are taken
    /// @return `[out, in]`
    /// @throws BadInputException when the MLP has no such matrix, or it has more inputs
    public Tensor of(Which which, int most) {
        @Nullable Linear linear = linears().get(which);
        if (linear == null) {
            throw new BadInputException("this model's MLP has no weights \"" + which.text() + "\"; it has: "
                    + linears().keySet().stream().map(Which::text).collect(Collectors.joining(", ")) + ".");
        }
        if (linear.in() > most) {
            throw new BadInputException("sign codes of " + linear.in() + " inputs; at most " + most
                    + " are compared pair by pair. Take a smaller model.");
        }
        return all(linear.weight());
    }

    private static Tensor all(Matrix weight) {
        return weight.rows(Tensor.range(0, weight.out()));
    }

    /// How far each neuron, per unit of its activation, pushes the logit of a token above the mean of all
    /// tokens, up to the scale of the final norm, which is the same for all: what splits neurons as the
    /// paper's one output does.
    ///
    /// @return by neuron
    public double[] towards(int token) {
        return Scope.free(() -> {
            Matrix unembedding = transformer.unembedding().weight();
            Tensor direction = unembedding
                    .rows(Tensor.of(new long[] {token}, 1))
                    .select(0, 0)
                    .to(Dtype.F32)
                    .minus(mean(unembedding)); // [dModel]
            Tensor before = before(transformer.finalNorm(), direction);
            if (block instanceof Block.Sequential sequential) {
                before = before(sequential.norm2Post(), before);
            }
            return all(block.mlp().out().weight())
                    .to(Dtype.F32)
                    .transpose(0, 1) // [neuron, dModel]
                    .matmul(before.unsqueeze(1))
                    .toDoubles();
        });
    }

    /// The direction that, before a norm, has products with values as the given one has after it, up to the
    /// scale.
    private static Tensor before(@Nullable Norm norm, Tensor direction) {
        return norm == null
                ? direction
                : norm.centred(direction.times(norm.weight().to(Dtype.F32)));
    }

    private static Tensor mean(Matrix unembedding) {
        Tensor sum = Tensor.full(0, Dtype.F32, unembedding.in());
        for (long first = 0; first < unembedding.out(); first += ROWS) {
            long from = first;
            Tensor so = sum;
            sum = Scope.keep(() -> so.plus(unembedding
                    .rows(Tensor.range(from, Math.min(unembedding.out(), from + ROWS)))
                    .to(Dtype.F32)
                    .sum(0, false)));
        }
        return sum.over((double) unembedding.out());
    }
}
