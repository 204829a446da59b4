package cutaway.interp.attribution;

import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Cores;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Direct logit attribution: what each part of one run writes, at the last position, towards the margin
/// logit(answer) - logit(rival), in nats, through the norms with the scales that they had there (Elhage et al. 2021, "A
/// mathematical framework for transformer circuits"):
///
///     margin = embedding + sum of heads + sum of MLPs + biases
///
/// A part's share is the product of its value with a direction that is taken back from the logits to where it writes.
///
/// Logits that are read off distances (a harmonic head) are no sum of what parts write. The direction is then
/// the margin's gradient at the normalised stream h of this run: shares say what a small change of a part does,
///
///     margin(h + e) = margin(h) + gradient(h) . e + O(|e|^2)
///
/// What the shares do not add up to, `margin(h) - gradient(h) . h`, is counted with the biases.
public final class DirectLogitAttribution {

    private final Transformer transformer;
    private final Trace trace;
    private final int answer;
    private final int rival;
    private final double[] residual; // the direction in the residual stream that the margin reads

    /// @param trace a run of one prompt that read [#sites]; after the blocks, its last position will do
    ///     ([cutaway.interp.run.Runs#toLast])
    /// @throws BadInputException when the model is an encoder
    public DirectLogitAttribution(Model model, Trace trace, int answer, int rival) {
        check(model);
        this.transformer = model.transformer();
        this.trace = trace;
        this.answer = answer;
        this.rival = rival;
        this.residual = Scope.free(() ->
                before(transformer.finalNorm(), finalScale(), answerLessRival()).toDoubles());
    }

    /// What must be read of the run.
    ///
    /// @param neurons whether [#neurons] will be asked
    /// @throws BadInputException when the model is an encoder
    public static List<Site> sites(Model model, boolean neurons) {
        check(model);
        List<Site> sites = new ArrayList<>(List.of(new Site.Resid(0, Moment.PRE), finalScale()));
        if (model.transformer().readout().distances() != null) {
            sites.add(finalNormalized());
        }
        for (int layer = 0; layer < model.sizes().layers(); layer++) {
            sites.add(new Site.Heads(layer, HeadPart.Z));
            sites.add(new Site.MlpOut(layer));
            Block block = model.transformer().blocks().get(layer);
            if (block.afterAttention() != null) {
                sites.add(new Site.NormScale(layer, Site.Norm.AFTER_ATTENTION));
            }
            if (neurons && block.mlp().dMlp() > 0) {
                sites.add(new Site.Neurons(layer, NeuronPart.POST));
                if (afterMlp(block) != null) {
                    sites.add(new Site.NormScale(layer, Site.Norm.AFTER_MLP));
                }
            }
        }
        return sites;
    }

    private static void check(Model model) {
        if (!model.sizes().isCausal()) {
            throw new BadInputException(model.family() + " is an encoder; direct logit attribution is of the next token"
                    + " of a decoder, such as smollm2-135m-instruct.");
        }
    }

    private static Site finalScale() {
        return new Site.NormScale(0, Site.Norm.FINAL);
    }

    private static Site finalNormalized() {
        return new Site.Normalized(0, Site.Norm.FINAL);
    }

    /// Of each head of each block, `[layer][head]`.
    public double[][] heads() {
        return ofBlocks(this::heads);
    }

    /// Of each neuron of each MLP, `[layer][neuron]`.
    public double[][] neurons() {
        return ofBlocks(this::neurons);
    }

    /// Each block's weights are read once, which is what takes the time: cores do it side by side.
    private double[][] ofBlocks(IntFunction<double[]> ofBlock) {
        double[][] found = new double[transformer.blocks().size()][];
        Cores.forEach(found.length, layer -> found[(int) layer] = ofBlock.apply((int) layer));
        return found;
    }

    /// Of each head of a block.
    public double[] heads(int layer) {
        return Scope.free(() -> {
            Attention attention = transformer.blocks().get(layer).attention();
            Tensor direction =
                    attention.out().weight().whole().transpose(0, 1).matmul(ofAttention(layer)); // [head * dHead]
            Tensor z = last(new Site.Heads(layer, HeadPart.Z)); // [head, dHead]
            return z.times(direction.reshape(z.dim(0), z.dim(1))).sum(-1, false).toDoubles();
        });
    }

    /// Of an MLP.
    public double mlp(int layer) {
        return Scope.free(() -> last(new Site.MlpOut(layer)).dot(ofResidual()));
    }

    /// Of each neuron of an MLP; with its output bias they add up to [#mlp].
    public double[] neurons(int layer) {
        return Scope.free(() -> {
            Block block = transformer.blocks().get(layer);
            if (block.mlp().dMlp() == 0) {
                return new double[0];
            }
            Tensor after = before(
                    afterMlp(block),
                    new Site.NormScale(layer, Site.Norm.AFTER_MLP),
                    ofResidual().times(scale(block)));
            Tensor direction =
                    block.mlp().out().weight().whole().transpose(0, 1).matmul(after); // [dMlp]
            return last(new Site.Neurons(layer, NeuronPart.POST))
                    .times(direction)
                    .toDoubles();
        });
    }

    /// Of the embedding.
    public double embedding() {
        return Scope.free(() -> last(new Site.Resid(0, Moment.PRE)).dot(ofResidual()));
    }

    /// Of the biases that no part above holds: of the attention's outputs, the final norm and the unembedding. With
    /// them goes what a reading of distances leaves to no part.
    public double biases() {
        return Scope.free(() -> {
            double sum = 0;
            for (int layer = 0; layer < transformer.blocks().size(); layer++) {
                @Nullable
                Tensor bias = transformer.blocks().get(layer).attention().out().bias();
                sum += bias == null ? 0 : bias.dot(ofAttention(layer));
            }
            @Nullable Tensor norm = transformer.finalNorm().bias();
            sum += norm == null ? 0 : norm.dot(answerLessRival());
            if (transformer.readout().distances() != null) {
                return sum + logit(answer) - logit(rival) - answerLessRival().dot(unembedded());
            }
            @Nullable Tensor bias = transformer.unembedding().bias();
            return bias == null
                    ? sum
                    : sum
                            + bias.select(0, answer).item() * factor(answer)
                            - bias.select(0, rival).item() * factor(rival);
        });
    }

    /// The direction in the residual stream that the margin reads, `[dModel]`.
    private Tensor ofResidual() {
        return Tensor.of(residual).to(transformer.dtype());
    }

    /// The direction in what a block's attention writes, before a norm of its own, `[dModel]`.
    private Tensor ofAttention(int layer) {
        Block block = transformer.blocks().get(layer);
        return before(
                block.afterAttention(),
                new Site.NormScale(layer, Site.Norm.AFTER_ATTENTION),
                ofResidual().times(scale(block)));
    }

    /// A direction behind a norm, taken back to before it, with the scale that it had: `centred(w * d / scale)`.
    private Tensor before(@Nullable Norm norm, Site scale, Tensor direction) {
        return norm == null
                ? direction
                : norm.centred(direction.times(norm.weight()).over(last(scale).item()));
    }

    private static @Nullable Norm afterMlp(Block block) {
        return block instanceof Block.Sequential sequential ? sequential.norm2Post() : null;
    }

    private static double scale(Block block) {
        return block instanceof Block.Sequential sequential ? sequential.branchScale() : 1;
    }

    /// The direction in the normalised stream that the margin reads, `[dModel]`: the row of the unembedding that
    /// the answer has, less that of the rival, each with its factor; where distances are read, the margin's
    /// gradient.
    private Tensor answerLessRival() {
        Tensor rows = transformer.unembedding().weight().rows(Tensor.of(new long[] {answer, rival}, 2)); // [2, dModel]
        Readout.@Nullable Distances distances = transformer.readout().distances();
        if (distances != null) {
            Tensor x = unembedded();
            return distances.slope(x, rows.select(0, 0)).minus(distances.slope(x, rows.select(0, 1)));
        }
        return rows.select(0, 0).times(factor(answer)).minus(rows.select(0, 1).times(factor(rival)));
    }

    /// What a token's unembedded value was multiplied with to become its logit: the model's scale and, where logits are
    /// bent to stay below a cap, by how much this one was.
    private double factor(int token) {
        Readout readout = transformer.readout();
        double cap = readout.softcap();
        if (cap == 0) {
            return readout.scale();
        }
        double logit = logit(token);
        double part = logit / cap;
        double straight = cap * 0.5 * Math.log((1 + part) / (1 - part)); // cap * artanh(part)
        return logit == 0 ? readout.scale() : readout.scale() * logit / straight;
    }

    private double logit(int token) {
        return last(new Site.Logits()).select(0, token).item();
    }

    /// What is unembedded at the last position: the residual stream after the final norm, `[dModel]`.
    private Tensor unembedded() {
        return transformer.finalNorm().weighted(last(finalNormalized()));
    }

    /// A value at the last position.
    private Tensor last(Site site) {
        Tensor rows = trace.at(site).select(0, 0);
        return rows.select(0, rows.dim(0) - 1);
    }
}
