package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.family.LabShape;
import cutaway.model.parts.Past;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.DenseMatrix;
import cutaway.model.weights.Matrix;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A transformer over the patches of an image (ViT, arXiv:2010.11929, section 3.1), each patch a token x_p:
///
///     z_p = W x_p + b + e_p
///     y = mean over p of Norm(Blocks(z))_p
///
/// Blocks are [LabShape]'s, with layer norms, GELU and four times as many neurons as the stream is wide; every
/// patch sees all others. The mean stands in for the paper's class token (arXiv:2205.01580, section 2): so a
/// linear head reads each patch's vector by the same weights.
///
/// @param patch height and width of a patch, in pixels
/// @param layers how many blocks, at least 1
/// @param dModel width of the residual stream, a multiple of the heads
/// @param heads of each layer
public record VisionTransformer(
        @JsonProperty(value = "patch", required = true) int patch,
        @JsonProperty(value = "layers", required = true) int layers,
        @JsonProperty(value = "dModel", required = true) int dModel,
        @JsonProperty(value = "heads", required = true) int heads)
        implements Net {

    private static final String PATCHES = "patches";

    public VisionTransformer {
        if (patch < 1 || layers < 1 || heads < 1 || dModel < heads || dModel % heads != 0) {
            throw new BadInputException("a vision transformer with patches of " + patch + ", " + layers
                    + " layers, width " + dModel + " and " + heads
                    + " heads; expected at least 1 of each, and a width that the heads share evenly.");
        }
    }

    /// Neurons of a layer.
    public int dMlp() {
        return 4 * dModel;
    }

    /// How many patches an image has.
    ///
    /// @throws BadInputException when they do not cover it, or the input is no image
    private int patches(Input input) {
        if (!(input instanceof Input.Image(int _, int height, int width))) {
            throw new BadInputException("a vision transformer for " + input + "; it takes images alone.");
        }
        if (height % patch != 0 || width % patch != 0) {
            throw new BadInputException("a vision transformer with patches of " + patch + " for images of " + height
                    + " by " + width + " pixels; give a patch that divides both.");
        }
        return height / patch * (width / patch);
    }

    private LabShape shape(int patches) {
        return new LabShape(
                layers,
                dModel,
                heads,
                dModel / heads,
                dMlp(),
                1,
                patches,
                LabShape.NormKind.LAYER,
                LabShape.Positions.LEARNED,
                Activation.GELU.ofModel(),
                true,
                true,
                false,
                null);
    }

    @Override
    public List<Parameter> parameters(Input input) {
        int patches = patches(input);
        int pixels = input.flat() / patches;
        List<Parameter> all = new ArrayList<>();
        all.add(Parameter.matrix(PATCHES + ".weight", dModel, pixels));
        all.add(Parameter.bias(PATCHES + ".bias", dModel, pixels));
        all.add(Parameter.matrix(TransformerNet.POSITIONS, patches, dModel)); // begins as small as what it is added to
        shape(patches).weights().forEach((name, shape) -> {
            if (!name.equals(TransformerNet.EMBED) && !name.equals(TransformerNet.POSITIONS)) {
                all.add(TransformerNet.parameter(name, shape));
            }
        });
        return all;
    }

    @Override
    public int width(Input input) {
        return dModel;
    }

    /// @param x `[instance, n, channels, height, width]`
    /// @param tap is offered `patches`, z of the equation, and what a model's is, such as `blocks.0.resid_post` and
    ///     `final_normalized`, each `[instance, n, patch, ...]`
    @Override
    public Tensor forward(Map<String, Tensor> parameters, Tensor x, Tap tap) {
        long instances = x.dim(0);
        long n = x.dim(1);
        Tensor cut = cut(x); // [instance, n, patch, pixels]
        long count = cut.dim(2);
        Tensor positions = Start.of(parameters, TransformerNet.POSITIONS).unsqueeze(1); // [instance, 1, patch, dModel]
        Tensor embedded = tap.at(
                PATCHES,
                Net.linear(parameters, PATCHES, cut.reshape(instances, n * count, -1))
                        .reshape(instances, n, count, dModel)
                        .plus(positions));
        Transformer transformer =
                shape(Math.toIntExact(count)).build(new WithoutTokens(new StackedParameters(parameters, instances, n)));
        cutaway.model.parts.Tap inside = InsideTap.of(tap, instances);
        Tensor residual = transformer.blocks(
                embedded.reshape(-1, count, dModel),
                0,
                layers,
                transformer.pass(Tensor.range(0, count).unsqueeze(0), null, Past.NONE),
                inside);
        return transformer
                .normalized(residual, inside)
                .reshape(instances, n, count, dModel)
                .mean(2, false);
    }

    /// The pixels of each patch, row by row, of one channel after another: `[instance, n, patch, pixels]`.
    private Tensor cut(Tensor x) {
        long rows = x.dim(3) / patch;
        long columns = x.dim(4) / patch;
        return x.reshape(x.dim(0), x.dim(1), x.dim(2), rows, patch, columns, patch)
                .transpose(4, 5)
                .transpose(2, 3)
                .transpose(3, 4) // [instance, n, rows, columns, channels, patch, patch]
                .reshape(x.dim(0), x.dim(1), rows * columns, -1);
    }

    /// Weights of a transformer whose tokens are embedded, and whose residual stream is read, outside of it.
    private record WithoutTokens(StackedParameters parameters) implements LabShape.Source {

        @Override
        public Matrix matrix(String name, long out, long in) {
            return name.equals(TransformerNet.EMBED)
                    ? new DenseMatrix(ones(out, in))
                    : parameters.matrix(name, out, in);
        }

        @Override
        public Tensor tensor(String name, long... dims) {
            return parameters.tensor(name, dims);
        }

        @Override
        public Tensor bias(String name, long out) {
            return parameters.bias(name, out);
        }

        @Override
        public Tensor ofNorm(String name, long n) {
            return parameters.ofNorm(name, n);
        }

        @Override
        public Tensor ones(long... dims) {
            return parameters.ones(dims);
        }
    }
}
