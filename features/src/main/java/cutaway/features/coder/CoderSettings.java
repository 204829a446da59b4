package cutaway.features.coder;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// What a coder is made of. Any sparsity goes with any wiring; a value, which serialises to JSON and back.
///
/// The defaults are those of SAELens 6.54.12.
///
/// @param sparsity what makes its codes sparse, and what its loss asks of them
/// @param wiring what its latents read and write
/// @param start how its parameters begin
/// @param deadAfter steps in a row without activity after which a latent counts as dead; SAELens: 1,000
public record CoderSettings(
        @JsonProperty(value = "sparsity", required = true) Sparsity sparsity,
        @JsonProperty(value = "wiring", required = true) Wiring wiring,
        @JsonProperty(value = "start", required = true) Start start,

        @JsonProperty(value = "deadAfter", required = true) int deadAfter) {

    public CoderSettings {
        require(deadAfter >= 1, "a latent dead after " + deadAfter + " steps; expected at least 1.");
    }

    /// An autoencoder with the defaults of SAELens.
    public CoderSettings(Sparsity sparsity) {
        this(sparsity, new Wiring.Autoencoder(), new Start(), 1000);
    }

    public CoderSettings with(Wiring other) {
        return new CoderSettings(sparsity, other, start, deadAfter);
    }

    public CoderSettings with(Start other) {
        return new CoderSettings(sparsity, wiring, other, deadAfter);
    }

    /// The same, but latents count as dead after so many steps.
    public CoderSettings deadAfter(int steps) {
        return new CoderSettings(sparsity, wiring, start, steps);
    }

    /// A coder at its start. Its sizes and its numeric type are those of the first batch.
    ///
    /// @param width latents
    /// @param x the first inputs, `[n, dIn]`, float32 or float64
    /// @param y what is to be reconstructed there, `[n, dOut]`
    /// @throws BadInputException when the sizes do not fit the settings
    public Coder create(int width, long seed, Tensor x, Tensor y) {
        if (x.shape().rank() != 2 || y.shape().rank() != 2 || x.dim(0) != y.dim(0) || x.dtype() != y.dtype()) {
            throw new IllegalArgumentException("a first batch of " + x.dtype() + " " + x.shape() + " and " + y.dtype()
                    + " " + y.shape() + "; expected [n, dIn] and [n, dOut] of one type");
        }
        require(width >= 1, "a dictionary of " + width + " latents; expected at least 1.");
        try (Scope _ = Scope.open()) {
            return create(wiring.maps(start, width, seed, x, y));
        }
    }

    private Coder create(Maps maps) {
        return switch (sparsity) {
            case Sparsity.Relu relu -> new ReluCoder(this, relu, maps);
            case Sparsity.Gated gated -> new GatedCoder(this, gated, maps);
            case Sparsity.TopK topK -> new TopKCoder(this, topK, maps);
            case Sparsity.BatchTopK batchTopK -> new BatchTopKCoder(this, batchTopK, maps);
            case Sparsity.Matryoshka matryoshka -> new MatryoshkaCoder(this, matryoshka, maps);
            case Sparsity.JumpRelu jumpRelu -> new JumpReluCoder(this, jumpRelu, maps);
        };
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new BadInputException(otherwise);
        }
    }
}
