package cutaway.model.parts;

import static cutaway.model.parts.Point.Kind.MLP_POST;
import static cutaway.model.parts.Point.Kind.MLP_PRE;
import static cutaway.model.parts.Point.Kind.MLP_PRE_LINEAR;

import cutaway.tensor.Tensor;
import java.util.List;

/// The feed-forward part of a block: `[batch, pos, dModel]` to the same shape, each position alone.
public sealed interface Mlp {

    Tensor forward(Tensor x, Tap.InLayer tap);

    /// Neurons in the hidden layer.
    long dMlp();

    /// All its linear maps.
    List<Linear> linears();

    /// The weights that the neurons write through, `[dModel, dMlp]`.
    Linear out();

    /// `W_out act(W_in x)` (arXiv:1706.03762, section 3.3).
    record PlainMlp(Linear in, Activation activation, Linear out) implements Mlp {
        @Override
        public Tensor forward(Tensor x, Tap.InLayer tap) {
            Tensor post = tap.at(MLP_POST, () -> {
                Tensor pre = tap.at(MLP_PRE, in.forward(x)); // [batch, pos, dMlp]
                return activation.of(pre);
            });
            return out.forward(post);
        }

        @Override
        public List<Linear> linears() {
            return List.of(in, out);
        }

        @Override
        public long dMlp() {
            return in.out();
        }
    }

    /// `W_out (act(W_gate x) * W_up x)` (GLU variants, arXiv:2002.05202).
    record GatedMlp(Linear gate, Linear up, Activation activation, Linear out) implements Mlp {
        @Override
        public Tensor forward(Tensor x, Tap.InLayer tap) {
            Tensor post = tap.at(MLP_POST, () -> {
                List<Tensor> both = Linear.forwardAll(x, gate, up);
                Tensor pre = tap.at(MLP_PRE, both.getFirst()); // [batch, pos, dMlp]
                Tensor active = activation.of(pre);
                pre.close(); // the largest values of a pass: no more of them at once than need be
                Tensor preLinear = tap.at(MLP_PRE_LINEAR, both.getLast()); // [batch, pos, dMlp]
                return active.times(preLinear);
            });
            return out.forward(post);
        }

        @Override
        public List<Linear> linears() {
            return List.of(gate, up, out);
        }

        @Override
        public long dMlp() {
            return gate.out();
        }
    }
}
