package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Head;
import cutaway.model.family.LabShape;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// A transformer of any shape: what trains is the model that is opened afterwards ([LabShape]), over weights that are
/// differentiated, all instances in one pass.
///
/// @param layers how many blocks, at least 1
/// @param dModel width of the residual stream
/// @param heads of each layer
/// @param dHead width of a head
/// @param dMlp neurons of a layer; 0 for attention alone
/// @param norm in front of attention, MLP and unembedding
/// @param positions how a position is told from another
/// @param activation of the MLP
/// @param bias whether linear maps of blocks have biases
/// @param tied whether the head shares the embedding
/// @param causal whether a position sees only itself and those before it
public record TransformerNet(
        @JsonProperty(value = "layers", required = true) int layers,
        @JsonProperty(value = "dModel", required = true) int dModel,
        @JsonProperty(value = "heads", required = true) int heads,
        @JsonProperty(value = "dHead", required = true) int dHead,
        @JsonProperty(value = "dMlp", required = true) int dMlp,
        @JsonProperty(value = "norm", required = true) LabShape.NormKind norm,
        @JsonProperty(value = "positions", required = true) LabShape.Positions positions,

        @JsonProperty(value = "activation", required = true) Activation activation,

        @JsonProperty(value = "bias", required = true) boolean bias,
        @JsonProperty(value = "tied", required = true) boolean tied,
        @JsonProperty(value = "causal", required = true) boolean causal)
        implements Net {

    static final String EMBED = "embed.weight";
    static final String UNEMBED = "unembed.weight";
    static final String POSITIONS = "positions.weight";

    public TransformerNet {
        activation.ofModel(); // refuses those that no model has
        new LabShape(
                layers,
                dModel,
                heads,
                dHead,
                dMlp,
                1,
                1,
                norm,
                positions,
                activation.ofModel(),
                bias,
                tied,
                causal,
                null); // refuses sizes that do not go together
    }

    /// A causal one with layer norms, learned positions, GELU and biases, an embedding of its own, and four times as
    /// many neurons as the stream is wide.
    public static TransformerNet usual(int layers, int dModel, int heads) {
        return new TransformerNet(
                layers,
                dModel,
                heads,
                dModel / heads,
                4 * dModel,
                LabShape.NormKind.LAYER,
                LabShape.Positions.LEARNED,
                Activation.GELU,
                true,
                false,
                true);
    }

    /// What is opened of it.
    ///
    /// @throws BadInputException when the input holds no tokens, or no model has such a head
    public LabShape shape(Input input, Head head) {
        return switch (head) {
            case Head.Linear _ -> shape(input, (Readout.Distances) null);
            case Head.Harmonic(double n, double epsilon) -> shape(input, new Readout.Distances(n, epsilon));
            case Head.Spherical _ ->
                throw new BadInputException("a transformer with a spherical head, which no file can say;"
                        + " expected a linear or a harmonic one.");
        };
    }

    private LabShape shape(Input input, Readout.@Nullable Distances distances) {
        if (!(input instanceof Input.Tokens(int length, int vocab))) {
            throw new BadInputException("a transformer for inputs that are no tokens; take an mlp.");
        }
        return new LabShape(
                layers,
                dModel,
                heads,
                dHead,
                dMlp,
                vocab,
                length,
                norm,
                positions,
                activation.ofModel(),
                bias,
                tied,
                causal,
                distances);
    }

    @Override
    public List<Parameter> parameters(Input input) {
        return shape(input, (Readout.Distances) null).weights().entrySet().stream()
                .map(weight -> parameter(weight.getKey(), weight.getValue()))
                .toList();
    }

    static Parameter parameter(String name, Shape shape) {
        List<Integer> dims =
                LongStream.of(shape.dims()).mapToObj(Math::toIntExact).toList();
        int out = dims.getFirst();
        int in = dims.getLast();
        return new Parameter(name, kind(name), dims, in, out);
    }

    private static Parameter.Kind kind(String name) {
        return switch (name) {
            case EMBED, POSITIONS -> Parameter.Kind.EMBEDDING;
            case UNEMBED -> Parameter.Kind.HEAD;
            default -> {
                if (name.endsWith(".bias")) {
                    yield Parameter.Kind.BIAS;
                }
                yield name.contains("norm") ? Parameter.Kind.SCALE : Parameter.Kind.MATRIX;
            }
        };
    }

    @Override
    public int width(Input input) {
        return dModel;
    }

    @Override
    public String sharedHead() {
        return tied ? EMBED : UNEMBED;
    }

    @Override
    public boolean hasPositions() {
        return true;
    }

    /// @param x `[instance, n, pos]` int64
    /// @param tap is offered what a model's is, such as `blocks.0.resid_post`, `[instance, n, pos, ...]`
    /// @return the residual stream as it is unembedded, `[instance, n, pos, dModel]`
    @Override
    public Tensor forward(Map<String, Tensor> parameters, Tensor x, Tap tap) {
        long instances = x.dim(0);
        long length = x.dim(2);
        long vocab = Start.of(parameters, EMBED).dim(1);
        long context = positions == LabShape.Positions.LEARNED
                ? Start.of(parameters, POSITIONS).dim(1)
                : length;
        Input input = new Input.Tokens((int) context, (int) vocab);
        Transformer transformer =
                shape(input, (Readout.Distances) null).build(new StackedParameters(parameters, instances, x.dim(1)));
        cutaway.model.parts.Tap inside = InsideTap.of(tap, instances);
        Tensor places = Tensor.range(0, length);
        Tensor each = instances == 1
                ? places.unsqueeze(0)
                : rows(places.expand(instances, x.dim(1), length), context); // [instance * n or 1, pos]
        Tensor embedded = transformer.embed(rows(x, vocab), each, inside);
        Pass pass = transformer.pass(places.unsqueeze(0), causal ? Pass.later(length) : null, Past.NONE);
        Tensor residual = transformer.blocks(embedded, 0, layers, pass, inside);
        return transformer.normalized(residual, inside).reshape(instances, x.dim(1), length, dModel);
    }

    /// Rows of each instance's own table, in the tables as one.
    ///
    /// @param ids `[instance, n, pos]`
    /// @return `[instance * n, pos]`
    private static Tensor rows(Tensor ids, long table) {
        long instances = ids.dim(0);
        Tensor own = instances == 1
                ? ids
                : ids.plus(Tensor.range(0, instances).times(table).reshape(instances, 1, 1));
        return own.reshape(-1, ids.dim(2));
    }
}
