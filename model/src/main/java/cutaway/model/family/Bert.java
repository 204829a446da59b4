package cutaway.model.family;

import cutaway.model.parts.Activation;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Embedding;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Scores;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.Matrix;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// BERT (arXiv:1810.04805), an encoder: every position sees all others, norms on the residual stream itself, learned
/// positions and token types, and a head that says which token stands at each position. A folder without that head
/// (BertModel, such as those of sentence encoders) opens too: it has no logits.
final class Bert implements Family {

    private static final String TOKENS = "embeddings.word_embeddings.weight";
    private static final String BODY = "bert.";
    private static final String TRANSFORM = "cls.predictions.transform.dense";

    @Override
    public String name() {
        return "bert";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("bert");
    }

    @Override
    public String className() {
        return "BertForMaskedLM";
    }

    @Override
    public Set<String> marks() {
        return Set.of(BODY + TOKENS, TRANSFORM + ".weight", "cls.predictions.bias", "cls.predictions.decoder.bias");
    }

    @Override
    public boolean isCausal(Settings config) {
        return false;
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        Dimensions dims = Dimensions.fromHuggingFace(config, "layer_norm_eps", 1e-12);
        int types = config.size("type_vocab_size", 2);
        Activation activation = Activation.named(config.string("hidden_act", "gelu"));
        boolean tied = config.flag("tie_word_embeddings", true);
        config.expect("position_embedding_type", "absolute");
        config.expect("is_decoder", false);
        config.expect("add_cross_attention", false);
        Family.finish(config);
        String prefix = weights.has(BODY + TOKENS) ? BODY : ""; // a body that was saved alone has none
        ignoreOtherHeads(weights, prefix);

        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < dims.layers(); layer++) {
            blocks.add(block(weights, prefix + "encoder.layer." + layer + ".", dims, activation));
        }
        String embeddings = prefix + "embeddings.";
        Matrix tokens = weights.matrix(prefix + TOKENS, Rows.all(dims.vocab()), dims.dModel());
        Embedding embedding = new Embedding(
                tokens,
                1,
                weights.tensor(embeddings + "position_embeddings.weight", dims.context(), dims.dModel()),
                weights.tensor(embeddings + "token_type_embeddings.weight", types, dims.dModel()),
                norm(weights, embeddings + "LayerNorm", dims));
        Readout readout =
                weights.has(TRANSFORM + ".weight") ? readout(weights, prefix, tokens, tied, dims, activation) : null;
        return new Built(new Transformer(embedding, blocks, readout, false), dims.context());
    }

    private static void ignoreOtherHeads(Weights weights, String prefix) {
        weights.ignore(prefix + "embeddings.position_ids"); // a table of 0, 1, 2, …
        weights.ignoreAll(prefix + "pooler.");
        weights.ignoreAll("cls.seq_relationship.");
    }

    private static Block block(Weights weights, String at, Dimensions dims, Activation activation) {
        long dModel = dims.dModel();
        Attention attention = new Attention(
                linear(weights, at + "attention.self.query", dModel, dModel),
                linear(weights, at + "attention.self.key", dModel, dModel),
                linear(weights, at + "attention.self.value", dModel, dModel),
                linear(weights, at + "attention.output.dense", dModel, dModel),
                dims.heads(),
                dims.heads(),
                Scores.scaled(1 / Math.sqrt(dims.dHead())),
                null,
                null);
        Mlp mlp = new Mlp.PlainMlp(
                linear(weights, at + "intermediate.dense", dims.dMlp(), dModel),
                activation,
                linear(weights, at + "output.dense", dModel, dims.dMlp()));
        return new Block.PostNorm(
                attention,
                norm(weights, at + "attention.output.LayerNorm", dims),
                mlp,
                norm(weights, at + "output.LayerNorm", dims));
    }

    private static Readout readout(
            Weights weights, String prefix, Matrix tokens, boolean tied, Dimensions dims, Activation activation) {
        String head = "cls.predictions.";
        // A tied head has one bias, which files state once or twice; an untied one is a linear map of its own.
        boolean own =
                weights.has(head + "decoder.bias") && (!tied || !weights.isSpare(head + "decoder.bias", head + "bias"));
        Tensor bias = weights.vector(head + (own ? "decoder.bias" : "bias"), dims.vocab());
        weights.ignore(head + (own ? "bias" : "decoder.bias"));
        boolean isShared = tied && weights.isSpare(head + "decoder.weight", prefix + TOKENS);
        Matrix unembedding =
                isShared ? tokens : weights.matrix(head + "decoder.weight", Rows.all(dims.vocab()), dims.dModel());
        return new Readout(
                new Readout.Transform(linear(weights, TRANSFORM, dims.dModel(), dims.dModel()), activation),
                norm(weights, head + "transform.LayerNorm", dims),
                new Linear(unembedding, bias),
                1,
                0,
                null);
    }

    private static Linear linear(Weights weights, String name, long out, long in) {
        return weights.linear(name, Rows.all(out), in);
    }

    /// The oldest files call weight and bias gamma and beta.
    private static Norm norm(Weights weights, String name, Dimensions dims) {
        return new Norm.LayerNorm(
                weights.vector(weights.firstOf(name, ".weight", ".gamma"), dims.dModel()),
                weights.vector(weights.firstOf(name, ".bias", ".beta"), dims.dModel()),
                dims.epsilon());
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        throw new BadInputException(
                "GGUF files of BERT hold no head that predicts tokens; give the Hugging Face folder.");
    }
}
