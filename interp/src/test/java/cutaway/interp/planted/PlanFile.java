package cutaway.interp.planted;

import cutaway.interp.planted.Plan.Block;
import cutaway.interp.planted.Plan.Family;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A plan as a Hugging Face folder: `config.json`, safetensors, and a tokenizer of the words `t0` to `t11`.
final class PlanFile {

    /// Of a Llama: the first pair of a head is turned by one radian a position whatever it is, the second by
    /// 10^-7.5.
    private static final String THETA = "1e60";

    private final Plan plan;
    private final LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();

    PlanFile(Plan plan) {
        this.plan = plan;
    }

    void write(Path folder) {
        try (Scope scope = Scope.open()) {
            if (plan.family == Family.GPT2) {
                gpt2();
            } else {
                llama();
            }
            put("lm_head.weight", plan.unembedding);
            TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
            Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
            Files.writeString(folder.resolve("config.json"), plan.family == Family.GPT2 ? gpt2Config() : llamaConfig());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void llama() {
        put("model.embed_tokens.weight", plan.tokens);
        norm("model.norm.weight");
        for (int layer = 0; layer < plan.blocks.size(); layer++) {
            Block block = plan.blocks.get(layer);
            String at = "model.layers." + layer + ".";
            norm(at + "input_layernorm.weight");
            norm(at + "post_attention_layernorm.weight");
            put(at + "self_attn.q_proj.weight", block.q());
            put(at + "self_attn.k_proj.weight", block.k());
            put(at + "self_attn.v_proj.weight", block.v());
            put(at + "self_attn.o_proj.weight", block.out());
            put(at + "mlp.gate_proj.weight", block.in());
            float[][] up = new float[Plan.NEURONS][Plan.D_MODEL];
            for (float[] row : up) {
                row[Plan.ONE] = 1;
            }
            put(at + "mlp.up_proj.weight", up);
            put(at + "mlp.down_proj.weight", block.down());
        }
    }

    private void gpt2() {
        put("transformer.wte.weight", transposed(balanced(transposed(plan.tokens))));
        put("transformer.wpe.weight", transposed(balanced(transposed(plan.positions))));
        norm("transformer.ln_f.weight");
        zero("transformer.ln_f.bias", Plan.D_MODEL);
        for (int layer = 0; layer < plan.blocks.size(); layer++) {
            Block block = plan.blocks.get(layer);
            String at = "transformer.h." + layer + ".";
            for (String name : List.of("ln_1", "ln_2")) {
                norm(at + name + ".weight");
                zero(at + name + ".bias", Plan.D_MODEL);
            }
            float[][] qkv = new float[3 * Plan.D_MODEL][];
            System.arraycopy(block.q(), 0, qkv, 0, Plan.D_MODEL);
            System.arraycopy(block.k(), 0, qkv, Plan.D_MODEL, Plan.D_MODEL);
            System.arraycopy(block.v(), 0, qkv, 2 * Plan.D_MODEL, Plan.D_MODEL);
            put(at + "attn.c_attn.weight", transposed(qkv));
            zero(at + "attn.c_attn.bias", 3 * Plan.D_MODEL);
            put(at + "attn.c_proj.weight", transposed(balanced(block.out())));
            zero(at + "attn.c_proj.bias", Plan.D_MODEL);
            put(at + "mlp.c_fc.weight", transposed(block.in()));
            zero(at + "mlp.c_fc.bias", Plan.NEURONS);
            put(at + "mlp.c_proj.weight", transposed(balanced(block.down())));
            zero(at + "mlp.c_proj.bias", Plan.D_MODEL);
        }
    }

    /// What is written to the residual stream has the mean 0, so that LayerNorm has nothing to centre: its last
    /// number, which nobody reads, is less the sum of the others.
    ///
    /// @param columns each of which is written, `[dModel, any]`
    private static float[][] balanced(float[][] columns) {
        float[][] balanced = columns.clone();
        float[] last = new float[columns[0].length];
        for (float[] row : columns) {
            for (int i = 0; i < last.length; i++) {
                last[i] -= row[i];
            }
        }
        balanced[Plan.D_MODEL - 1] = last;
        return balanced;
    }

    private static float[][] transposed(float[][] rows) {
        float[][] columns = new float[rows[0].length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                columns[j][i] = rows[i][j];
            }
        }
        return columns;
    }

    private void put(String name, float[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
        }
        weights.put(name, Tensor.of(all, rows.length, rows[0].length));
    }

    private void norm(String name) {
        weights.put(name, Tensor.full(plan.normWeight, Dtype.F32, Plan.D_MODEL));
    }

    private void zero(String name, int size) {
        weights.put(name, Tensor.zeros(size));
    }

    private static String tokenizer() {
        return """
            {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
             "post_processor": null, "decoder": null, "model": {"type": "WordLevel", "unk_token": "t0", "vocab": {%s}}}
            """.formatted(IntStream.range(0, Plan.VOCAB)
                .mapToObj(id -> "\"t" + id + "\": " + id)
                .collect(Collectors.joining(", ")));
    }

    private String llamaConfig() {
        return """
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": %d, "head_dim": %d,
             "num_attention_heads": %d, "num_key_value_heads": %d, "num_hidden_layers": %d, "intermediate_size": %d,
             "vocab_size": %d, "max_position_embeddings": %d, "rms_norm_eps": %s, "hidden_act": "silu",
             "rope_theta": %s, "tie_word_embeddings": false}
            """.formatted(
                        Plan.D_MODEL,
                        Plan.D_HEAD,
                        Plan.HEADS,
                        plan.kvHeads(),
                        plan.blocks.size(),
                        Plan.NEURONS,
                        Plan.VOCAB,
                        Plan.POSITIONS,
                        plan.epsilon,
                        THETA);
    }

    private String gpt2Config() {
        return """
            {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": %d, "n_head": %d, "n_layer": %d,
             "n_inner": %d, "vocab_size": %d, "n_positions": %d, "layer_norm_epsilon": %s,
             "activation_function": "gelu_new", "tie_word_embeddings": false}
            """.formatted(
                Plan.D_MODEL, Plan.HEADS, plan.blocks.size(), Plan.NEURONS, Plan.VOCAB, Plan.POSITIONS, plan.epsilon);
    }
}
