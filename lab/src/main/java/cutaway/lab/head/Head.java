package cutaway.lab.head;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.StackedLinear;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Makes outputs (logits, in nats, where they are classes) of what a net hands over, `h`, by a row `w` for each output.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Head.Linear.class, name = "linear"),
    @JsonSubTypes.Type(value = Head.Harmonic.class, name = "harmonic"),
    @JsonSubTypes.Type(value = Head.Spherical.class, name = "spherical")
})
public sealed interface Head {

    /// @param h `[instance, n, width]`
    /// @param weight `[instance, out, width]`
    /// @param bias `[instance, out]`, for heads that have one
    /// @return `[instance, n, out]`
    Tensor outputs(Tensor h, Tensor weight, @Nullable Tensor bias);

    /// Whether it adds a bias.
    default boolean hasBias() {
        return false;
    }

    /// Whether its outputs are logits of classes only.
    default boolean needsClasses() {
        return true;
    }

    /// `w . h + b`.
    record Linear() implements Head {

        @Override
        public Tensor outputs(Tensor h, Tensor weight, @Nullable Tensor bias) {
            return StackedLinear.product(h, weight, bias);
        }

        @Override
        public boolean hasBias() {
            return true;
        }

        @Override
        public boolean needsClasses() {
            return false;
        }
    }

    /// Harmonic loss (Baek et al., arXiv:2502.01628, section 3): probabilities fall with a power of the distance,
    ///
    ///     p_i = d_i^-n / sum over j of d_j^-n,     d_i = |w_i - h|
    ///
    /// so that the logits are `-n/2 log(d^2 + epsilon)`.
    ///
    /// @param n the power; the paper takes about the root of the width
    /// @param epsilon added to squared distances; 1e-4 in the authors' code
    record Harmonic(
            @JsonProperty(value = "n", required = true) double n,

            @JsonProperty(value = "epsilon", required = true)
            double epsilon)
            implements Head {
        public Harmonic {
            if (!(n > 0 && epsilon > 0)) {
                throw new BadInputException(
                        "a harmonic head of the power " + n + " and epsilon " + epsilon + "; expected both above 0.");
            }
        }

        public Harmonic(double n) {
            this(n, 1e-4);
        }

        @Override
        public Tensor outputs(Tensor h, Tensor weight, @Nullable Tensor bias) {
            return Scope.keep(() -> {
                Tensor products = StackedLinear.product(h, weight, null); // [instance, n, out]
                Tensor ofRows = weight.square().sum(-1, false).unsqueeze(-2); // [instance, 1, out]
                Tensor ofInputs = h.square().sum(-1, true); // [instance, n, 1]
                Tensor squares = ofRows.minus(products.times(2)).plus(ofInputs);
                return squares.relu().plus(epsilon).log().times(-n / 2); // rounding can go below 0
            });
        }
    }

    /// Spherical softmax (de Brebisson and Vincent, arXiv:1511.05042): `p_i = (o_i^2 + epsilon) / sum over j`, where
    /// `o = w . h`, so that the logits are `log(o^2 + epsilon)`.
    record Spherical(
            @JsonProperty(value = "epsilon", required = true)
            double epsilon) implements Head {
        public Spherical {
            if (!(epsilon > 0)) {
                throw new BadInputException("a spherical head of epsilon " + epsilon + "; expected one above 0.");
            }
        }

        public Spherical() {
            this(1e-4);
        }

        @Override
        public Tensor outputs(Tensor h, Tensor weight, @Nullable Tensor bias) {
            return Scope.keep(() -> StackedLinear.product(h, weight, null)
                    .square()
                    .plus(epsilon)
                    .log());
        }
    }
}
