package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A multilayer perceptron of any depth:
///
///     h_0 = x, or the embeddings of all positions, one after another
///     h_l = activation(W_l h_{l-1} + b_l)
///
/// Tied, a last map without activation leads back to the embedding's width, and the head's rows are the embeddings.
///
/// @param hidden widths of the hidden layers, in order; none: the head alone, a linear model
/// @param bias whether hidden layers and head have one
/// @param embedding numbers that a token is embedded as; 0 for inputs that are no tokens
/// @param tied whether the head shares the embedding
public record Mlp(
        @JsonProperty(value = "hidden", required = true) List<Integer> hidden,

        @JsonProperty(value = "activation", required = true) Activation activation,

        @JsonProperty(value = "bias", required = true) boolean bias,
        @JsonProperty(value = "embedding", required = true) int embedding,
        @JsonProperty(value = "tied", required = true) boolean tied)
        implements Net {

    private static final String EMBEDDING = "embedding.weight";
    private static final String BACK = "back";

    public Mlp {
        hidden = List.copyOf(hidden);
        Net.checkWidths("an MLP with hidden layers", hidden);
        if (embedding < 0 || (tied && embedding == 0)) {
            throw new BadInputException("an MLP with embeddings of " + embedding + " numbers" + (tied ? ", tied" : "")
                    + "; expected 0 for none, and at least 1 where the head shares them.");
        }
    }

    /// Of vectors or images.
    public Mlp(List<Integer> hidden, Activation activation) {
        this(hidden, activation, true, 0, false);
    }

    @Override
    public List<Parameter> parameters(Input input) {
        List<Parameter> all = new ArrayList<>();
        int in = input.flat();
        if (input instanceof Input.Tokens(int positions, int vocab)) {
            if (embedding == 0) {
                throw new BadInputException(
                        "an MLP without an embedding for inputs that are tokens; give it one, such as of 16 numbers.");
            }
            all.add(new Parameter(
                    EMBEDDING, Parameter.Kind.EMBEDDING, List.of(vocab, embedding), embedding, embedding));
            in = positions * embedding;
        } else if (embedding > 0) {
            throw new BadInputException("an MLP with embeddings of " + embedding
                    + " numbers for inputs that are no tokens; leave the embedding out.");
        }
        for (int i = 0; i < hidden.size(); i++) {
            add(all, "hidden." + i, hidden.get(i), in);
            in = hidden.get(i);
        }
        if (tied) {
            add(all, BACK, embedding, in);
        }
        return all;
    }

    private void add(List<Parameter> all, String name, int out, int in) {
        all.add(Parameter.matrix(name + ".weight", out, in));
        if (bias) {
            all.add(Parameter.bias(name + ".bias", out, in));
        }
    }

    @Override
    public int width(Input input) {
        if (tied) {
            return embedding;
        }
        return hidden.isEmpty() ? input.flat() * Math.max(1, embedding) : hidden.getLast();
    }

    @Override
    public @Nullable String sharedHead() {
        return tied ? EMBEDDING : null;
    }

    @Override
    public Tensor forward(Map<String, Tensor> parameters, Tensor x, Tap tap) {
        Tensor h = embedding > 0 ? tap.at("embedding", embedded(Start.of(parameters, EMBEDDING), x)) : flat(x);
        for (int i = 0; i < hidden.size(); i++) {
            String name = "hidden." + i;
            Tensor before = tap.at(name + ".pre", Net.linear(parameters, name, h));
            h = tap.at(name, activation.of(before)); // [instance, n, hidden]
        }
        return tied ? tap.at(BACK, Net.linear(parameters, BACK, h)) : h;
    }

    /// The rows of each instance's own table: one look-up in all tables as one.
    ///
    /// @param table `[instance, vocab, embedding]`
    /// @param tokens `[instance, n, positions]`
    /// @return `[instance, n, positions * embedding]`
    private static Tensor embedded(Tensor table, Tensor tokens) {
        long instances = table.dim(0);
        Tensor first = Tensor.range(0, instances).times(table.dim(1)).reshape(instances, 1, 1);
        Tensor rows = instances == 1 ? tokens : tokens.plus(first);
        return table.reshape(instances * table.dim(1), table.dim(2))
                .gatherRows(0, rows.reshape(-1))
                .reshape(instances, tokens.dim(1), -1);
    }

    private static Tensor flat(Tensor x) {
        return x.shape().rank() == 3 ? x : x.reshape(x.dim(0), x.dim(1), -1);
    }
}
