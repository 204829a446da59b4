package cutaway.features.coder;

import static cutaway.features.coder.CoderSettings.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/// What makes codes sparse, with the settings of its loss. Short constructors take the defaults of SAELens 6.54.12.
///
///     {"kind": "topk", "k": 32, "byNorm": true, "auxiliary": 1.0, "multi": 0.0}
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Sparsity.Relu.class, name = "relu"),
    @JsonSubTypes.Type(value = Sparsity.Gated.class, name = "gated"),
    @JsonSubTypes.Type(value = Sparsity.TopK.class, name = "topk"),
    @JsonSubTypes.Type(value = Sparsity.BatchTopK.class, name = "batch_topk"),
    @JsonSubTypes.Type(value = Sparsity.Matryoshka.class, name = "matryoshka"),
    @JsonSubTypes.Type(value = Sparsity.JumpRelu.class, name = "jump_relu")
})
public sealed interface Sparsity {

    /// ReLU with a penalty on the codes: see [ReluCoder].
    ///
    /// @param coefficient of the penalty
    /// @param p its power; 1 is the L1 norm
    /// @param endP the power that it falls to, in a line, over the annealing; the same as `p` for none
    /// @param annealing steps of that
    record Relu(
            @JsonProperty(value = "coefficient", required = true)
            double coefficient,

            @JsonProperty(value = "p", required = true) double p,
            @JsonProperty(value = "endP", required = true) double endP,

            @JsonProperty(value = "annealing", required = true)
            int annealing)
            implements Sparsity {
        public Relu {
            require(coefficient >= 0, "a sparsity coefficient of " + coefficient + "; expected 0 or more.");
            require(p > 0 && endP > 0 && p <= 2 && endP <= 2, "powers " + p + " to " + endP + "; expected (0, 2].");
            require(annealing >= (p == endP ? 0 : 1), "powers annealed over " + annealing + " steps.");
        }

        public Relu(double coefficient) {
            this(coefficient, 1, 1, 0);
        }
    }

    /// Whether and how much apart: see [GatedCoder].
    ///
    /// @param coefficient of the L1 penalty on the gates
    /// @param frozenDecoder whether the auxiliary reconstruction leaves the decoder alone, as the paper has it;
    ///     SAELens does not
    record Gated(
            @JsonProperty(value = "coefficient", required = true)
            double coefficient,

            @JsonProperty(value = "frozenDecoder", required = true)
            boolean frozenDecoder)
            implements Sparsity {
        public Gated {
            require(coefficient >= 0, "a sparsity coefficient of " + coefficient + "; expected 0 or more.");
        }

        public Gated(double coefficient) {
            this(coefficient, false);
        }
    }

    /// The k largest codes of a token: see [TopKCoder].
    ///
    /// @param k latents a token
    /// @param byNorm whether latents are ranked by pre-activation times decoder norm
    /// @param auxiliary coefficient of the loss that dead latents get: see [AuxiliaryLoss]
    /// @param multi coefficient of a second reconstruction, from the 4 k largest (arXiv:2406.04093, section 4.3;
    ///     sparsify: 1/8); 0 for none
    record TopK(
            @JsonProperty(value = "k", required = true) int k,
            @JsonProperty(value = "byNorm", required = true) boolean byNorm,

            @JsonProperty(value = "auxiliary", required = true)
            double auxiliary,

            @JsonProperty(value = "multi", required = true) double multi)
            implements Sparsity {
        public TopK {
            require(k >= 1, "k = " + k + "; expected at least 1.");
            require(auxiliary >= 0 && multi >= 0, "coefficients " + auxiliary + " and " + multi + "; expected >= 0.");
        }

        public TopK(int k) {
            this(k, true, 1, 0);
        }
    }

    /// The k n largest codes of n tokens: see [BatchTopKCoder].
    ///
    /// @param k latents a token, on average
    /// @param byNorm as for [TopK]
    /// @param auxiliary as for [TopK]
    /// @param thresholdRate how far a step moves the running threshold to the batch's own
    record BatchTopK(
            @JsonProperty(value = "k", required = true) double k,
            @JsonProperty(value = "byNorm", required = true) boolean byNorm,

            @JsonProperty(value = "auxiliary", required = true)
            double auxiliary,

            @JsonProperty(value = "thresholdRate", required = true)
            double thresholdRate)
            implements Sparsity {
        public BatchTopK {
            require(k > 0, "k = " + k + "; expected more than 0.");
            require(auxiliary >= 0, "an auxiliary coefficient of " + auxiliary + "; expected 0 or more.");
            require(thresholdRate > 0 && thresholdRate <= 1, "a rate of " + thresholdRate + "; expected (0, 1].");
        }

        public BatchTopK(double k) {
            this(k, true, 1, 0.01);
        }
    }

    /// BatchTopK whose first latents must do alone, too: see [MatryoshkaCoder].
    ///
    /// @param widths of the nested dictionaries, rising; the whole one need not be named
    /// @param ownResidual whether the dead latents of a level are to explain what that level leaves, not the whole
    record Matryoshka(
            @JsonProperty(value = "batchTopK", required = true)
            BatchTopK batchTopK,

            @JsonProperty(value = "widths", required = true) List<Integer> widths,

            @JsonProperty(value = "ownResidual", required = true)
            boolean ownResidual)
            implements Sparsity {
        public Matryoshka {
            widths = List.copyOf(widths);
            require(!widths.isEmpty() && widths.getFirst() >= 1, "widths " + widths + "; expected at least one.");
            for (int i = 1; i < widths.size(); i++) {
                require(widths.get(i - 1) < widths.get(i), "widths " + widths + "; expected rising numbers.");
            }
        }

        public Matryoshka(double k, List<Integer> widths) {
            this(new BatchTopK(k), widths, false);
        }
    }

    /// Codes above a threshold of their own: see [JumpReluCoder].
    ///
    /// @param penalty on how many there are
    /// @param coefficient of the penalty
    /// @param threshold where all begin
    /// @param bandwidth of the rectangle under which a pre-activation moves its threshold
    /// @param toInput whether that also moves the pre-activation, as Anthropic has it
    /// @param preActivation coefficient of the loss that lifts the pre-activations of dead latents; 0 for none,
    ///     Anthropic: 3e-6
    record JumpRelu(
            @JsonProperty(value = "penalty", required = true)
            Penalty penalty,

            @JsonProperty(value = "coefficient", required = true)
            double coefficient,

            @JsonProperty(value = "threshold", required = true)
            double threshold,

            @JsonProperty(value = "bandwidth", required = true)
            double bandwidth,

            @JsonProperty(value = "toInput", required = true)
            boolean toInput,

            @JsonProperty(value = "preActivation", required = true)
            double preActivation)
            implements Sparsity {
        public JumpRelu {
            require(coefficient >= 0 && preActivation >= 0, "coefficients below 0; expected 0 or more.");
            require(threshold >= 0, "a threshold of " + threshold + "; expected 0 or more.");
            require(bandwidth > 0, "a bandwidth of " + bandwidth + "; expected more than 0.");
        }

        public JumpRelu(double coefficient) {
            this(new Penalty.Step(), coefficient, 0.01, 0.05, false, 0);
        }
    }

    /// What a JumpReLU coder pays for its codes, a token.
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Penalty.Step.class, name = "step"),
        @JsonSubTypes.Type(value = Penalty.Tanh.class, name = "tanh"),
        @JsonSubTypes.Type(value = Penalty.Quadratic.class, name = "quadratic")
    })
    sealed interface Penalty {

        /// How many there are, L0 (arXiv:2407.14435).
        record Step() implements Penalty {}

        /// `sum tanh(scale f |W_dec|)` (Anthropic's update of January 2025); SAELens: scale 4.
        record Tanh(
                @JsonProperty(value = "scale", required = true)
                double scale) implements Penalty {}

        /// `2 / target (L0 - target)^2` (Gemma Scope 2).
        record Quadratic(
                @JsonProperty(value = "target", required = true)
                double target) implements Penalty {
            public Quadratic {
                require(target > 0, "a target of " + target + " active latents; expected more than 0.");
            }
        }
    }
}
