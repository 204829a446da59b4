package cutaway.lab.descent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.tensor.Adam;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Optimiser;
import cutaway.tensor.SignDescent;
import cutaway.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/// Which optimiser makes the steps; the learning rate is said apart.
///
///     {"kind": "adamw", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.01}
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Descent.AdamW.class, name = "adamw"),
    @JsonSubTypes.Type(value = Descent.Sgd.class, name = "sgd"),
    @JsonSubTypes.Type(value = Descent.Sign.class, name = "sign"),
    @JsonSubTypes.Type(value = Descent.Muon.class, name = "muon")
})
public sealed interface Descent {

    /// @param parameters changed in place by each step
    /// @param matrices names of those that are matrices inside of a net, as Muon wants to know
    Optimiser optimiser(Map<String, Tensor> parameters, Set<String> matrices);

    /// [Adam], with decoupled weight decay where it is above 0.
    record AdamW(
            @JsonProperty(value = "beta1", required = true) double beta1,
            @JsonProperty(value = "beta2", required = true) double beta2,

            @JsonProperty(value = "epsilon", required = true)
            double epsilon,

            @JsonProperty(value = "weightDecay", required = true)
            double weightDecay)
            implements Descent {
        public AdamW {
            check(new Adam.Settings(beta1, beta2, epsilon).beta1(), weightDecay);
        }

        /// With the means of PyTorch's defaults.
        public AdamW(double weightDecay) {
            this(0.9, 0.999, 1e-8, weightDecay);
        }

        @Override
        public Optimiser optimiser(Map<String, Tensor> parameters, Set<String> matrices) {
            return new Adam(parameters, settings(), weightDecay);
        }

        private Adam.Settings settings() {
            return new Adam.Settings(beta1, beta2, epsilon);
        }
    }

    /// [cutaway.tensor.Sgd].
    record Sgd(
            @JsonProperty(value = "momentum", required = true)
            double momentum,

            @JsonProperty(value = "nesterov", required = true)
            boolean nesterov,

            @JsonProperty(value = "weightDecay", required = true)
            double weightDecay)
            implements Descent {
        public Sgd {
            check(momentum, weightDecay);
        }

        @Override
        public Optimiser optimiser(Map<String, Tensor> parameters, Set<String> matrices) {
            return new cutaway.tensor.Sgd(parameters, momentum, nesterov, weightDecay);
        }
    }

    /// [SignDescent].
    record Sign(
            @JsonProperty(value = "momentum", required = true)
            double momentum,

            @JsonProperty(value = "weightDecay", required = true)
            double weightDecay)
            implements Descent {
        public Sign {
            check(momentum, weightDecay);
        }

        @Override
        public Optimiser optimiser(Map<String, Tensor> parameters, Set<String> matrices) {
            return new SignDescent(parameters, momentum, weightDecay);
        }
    }

    /// [cutaway.tensor.Muon] for the matrices inside of a net, AdamW for embeddings, heads and vectors.
    record Muon(
            @JsonProperty(value = "momentum", required = true)
            double momentum,

            @JsonProperty(value = "nesterov", required = true)
            boolean nesterov,

            @JsonProperty(value = "iterations", required = true)
            int iterations,

            @JsonProperty(value = "weightDecay", required = true)
            double weightDecay)
            implements Descent {
        public Muon {
            check(momentum, weightDecay);
        }

        /// With the settings of PyTorch's defaults.
        public Muon(double weightDecay) {
            this(0.95, true, 5, weightDecay);
        }

        @Override
        public Optimiser optimiser(Map<String, Tensor> parameters, Set<String> matrices) {
            return new cutaway.tensor.Muon(
                    parameters,
                    matrices,
                    new cutaway.tensor.Muon.Settings(momentum, nesterov, iterations, weightDecay),
                    Adam.Settings.USUAL);
        }
    }

    private static void check(double momentum, double weightDecay) {
        if (!(momentum >= 0 && momentum < 1 && weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
            throw new BadInputException("an optimiser with the momentum " + momentum + " and the weight decay "
                    + weightDecay + "; the momentum lies in [0, 1), the weight decay is 0 or more.");
        }
    }
}
