package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Names.QkvRows;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;
import java.util.Map;

/// GPT-NeoX (arXiv:2204.06745) and Pythia (arXiv:2304.01373): attention and a plain MLP side by side, each behind a
/// LayerNorm, a quarter of each head rotated.
///
/// Hugging Face stores queries, keys and values of each head side by side; GGUF has all queries first.
final class GptNeox implements Family {

    private static final double ROTATED = 0.25;

    private static final Names HUGGING_FACE = Names.HUGGING_FACE
            .with(Map.of(
                    Part.EMBEDDING, "gpt_neox.embed_in",
                    Part.FINAL_NORM, "gpt_neox.final_layer_norm",
                    Part.HEAD, "embed_out",
                    Part.BLOCK, "gpt_neox.layers.",
                    Part.O, "attention.dense",
                    Part.UP, "mlp.dense_h_to_4h",
                    Part.DOWN, "mlp.dense_4h_to_h"))
            .without(Part.GATE)
            .fusedQkv("attention.query_key_value", QkvRows.BY_HEAD);

    @Override
    public String name() {
        return "gptneox";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("gpt_neox");
    }

    @Override
    public String modelType() {
        return "gpt_neox";
    }

    @Override
    public String className() {
        return "GPTNeoXForCausalLM";
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        Dimensions dims = Dimensions.fromHuggingFace(config, "layer_norm_eps", 1e-5);
        config.agree("rotary_emb_base", "rope_theta");
        config.expect("rope_theta", config.real("rotary_emb_base", 10_000)); // transformers reads rotary_emb_base alone
        config.respell("rotary_emb_base", "rope_theta");
        double part = config.real("rotary_pct", ROTATED);
        config.expect("partial_rotary_factor", part); // and rotary_pct alone
        Places places = config.flag("use_parallel_residual", true) ? Places.PARALLEL : Places.BEFORE;
        Decoder decoder = Decoder.of(dims, HUGGING_FACE)
                .norms(NormKind.LAYER, places)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.part(part)))
                .activation(Activation.named(config.string("hidden_act", "gelu")))
                .attentionBiases(config.flag("attention_bias", true))
                .tied(config.flag("tie_word_embeddings", false));
        Family.finish(config);
        for (int layer = 0; layer < dims.layers(); layer++) { // tables that old files carry
            String at = "gpt_neox.layers." + layer + ".attention.";
            weights.ignore(at + "bias");
            weights.ignore(at + "masked_bias");
            weights.ignore(at + "rotary_emb.inv_freq");
        }
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_epsilon", weights);
        Places places = metadata.flag("gptneox.use_parallel_residual", true) ? Places.PARALLEL : Places.BEFORE;
        Decoder decoder = Decoder.of(
                        dims, Names.GGUF.fusedQkv("attn_qkv", QkvRows.PLAIN).without(Part.GATE))
                .norms(NormKind.LAYER, places)
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .activation(Activation.GELU)
                .tied(!weights.has("output.weight"));
        metadata.finish();
        return decoder.build(weights);
    }
}
