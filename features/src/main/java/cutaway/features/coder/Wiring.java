package cutaway.features.coder;

import static cutaway.features.coder.CoderSettings.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.tensor.Tensor;

/// What latents read and write.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Wiring.Autoencoder.class, name = "autoencoder"),
    @JsonSubTypes.Type(value = Wiring.Transcoder.class, name = "transcoder"),
    @JsonSubTypes.Type(value = Wiring.CrossLayer.class, name = "cross_layer"),
    @JsonSubTypes.Type(value = Wiring.Crosscoder.class, name = "crosscoder"),
    @JsonSubTypes.Type(value = Wiring.Archetypal.class, name = "archetypal")
})
public sealed interface Wiring {

    /// Writes what it reads. The encoder begins as the decoder transposed.
    ///
    /// @param centres whether the decoder's bias is taken from the input before it is encoded
    /// @param tied whether the encoder stays the decoder transposed
    /// @param unitRows whether decoder rows keep the norm 1, as dictionary_learning and sparsify have it: gradients
    ///     along them are taken away and rows are normalised after each step. SAELens lets norms be
    record Autoencoder(
            @JsonProperty(value = "centres", required = true)
            boolean centres,

            @JsonProperty(value = "tied", required = true) boolean tied,

            @JsonProperty(value = "unitRows", required = true)
            boolean unitRows)
            implements Wiring {
        public Autoencoder() {
            this(true, false, false);
        }
    }

    /// Writes another site than it reads, such as an MLP's output from its input (arXiv:2406.11944).
    ///
    /// @param skip whether a linear map of the input is added, from zero on (arXiv:2501.18823)
    record Transcoder(
            @JsonProperty(value = "skip", required = true) boolean skip) implements Wiring {}

    /// Transcoders of several layers: a latent of layer l reads its input alone and writes the outputs of l and of
    /// all later layers (Ameisen et al. 2025, "Circuit Tracing"). Inputs and outputs are those of the layers, one
    /// after another; latents belong to the layers in equal blocks.
    record CrossLayer(
            @JsonProperty(value = "layers", required = true) int layers) implements Wiring {
        public CrossLayer {
            require(layers >= 1, "a cross-layer transcoder of " + layers + " layers; expected at least 1.");
        }
    }

    /// Reads and writes several sites of one width, one after another: of several layers, or of two models (Lindsey
    /// et al. 2024, "Sparse Crosscoders"). The norm of a latent is the sum of its decoder's norms at each site.
    record Crosscoder(
            @JsonProperty(value = "sites", required = true) int sites) implements Wiring {
        public Crosscoder {
            require(sites >= 1, "a crosscoder of " + sites + " sites; expected at least 1.");
        }
    }

    /// An autoencoder whose decoder rows are mixtures of points of the data (arXiv:2502.12892): see
    /// [ArchetypalMaps].
    ///
    /// @param points how many: centroids of the first batch
    /// @param relaxation how far, in the units of the data, a row may be from its mixture; 0 for A-SAE
    record Archetypal(
            @JsonProperty(value = "points", required = true) int points,

            @JsonProperty(value = "relaxation", required = true)
            double relaxation)
            implements Wiring {
        public Archetypal {
            require(points >= 1, "an archetypal dictionary of " + points + " points; expected at least 1.");
            require(relaxation >= 0, "a relaxation of " + relaxation + "; expected 0 or more.");
        }
    }

    /// How many numbers its trained matrices have; the vectors beside them are few.
    ///
    /// @param width latents
    default long matrixNumbers(long width, long dIn, long dOut) {
        return switch (this) {
            case Autoencoder(boolean _, boolean tied, boolean _) -> (tied ? 1 : 2) * width * dIn;
            case Transcoder(boolean skip) -> width * (dIn + dOut) + (skip ? dIn * dOut : 0);
            case CrossLayer(int layers) -> width * (dIn / layers) + width * dOut * (layers + 1) / (2L * layers);
            case Crosscoder _ -> width * (dIn + dOut);
            case Archetypal(int points, double relaxation) -> width * (dIn + points + (relaxation > 0 ? dOut : 0));
        };
    }

    /// The maps at their start.
    ///
    /// @param x the first batch, `[n, dIn]`
    /// @param y `[n, dOut]`
    default Maps maps(Start start, int width, long seed, Tensor x, Tensor y) {
        require(
                x.dim(1) == y.dim(1) || this instanceof Transcoder,
                "a dictionary from " + x.dim(1) + " to " + y.dim(1) + " numbers; only a transcoder takes two widths.");
        return switch (this) {
            case Autoencoder autoencoder -> PlainMaps.autoencoder(autoencoder, start, width, seed, y);
            case Transcoder(boolean skip) -> PlainMaps.transcoder(skip, start, width, seed, x, y);
            case Crosscoder(int sites) -> PlainMaps.crosscoder(sites, start, width, seed, y);
            case CrossLayer(int layers) -> CrossLayerMaps.create(layers, start, width, seed, y);
            case Archetypal archetypal -> ArchetypalMaps.create(archetypal, start, width, seed, y);
        };
    }
}
