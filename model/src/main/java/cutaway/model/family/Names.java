package cutaway.model.family;

import java.util.EnumMap;
import java.util.Map;

/// Under which names a family stores the parts of a decoder, without `.weight` and `.bias`.
///
/// One name for queries, keys and values, or for both branches of a gated MLP, means that their rows stand in one
/// matrix, in that order.
///
/// @param of the name of each part that the family has; those in blocks stand behind the block's number
/// @param qkvRows how the rows of queries, keys and values stand
/// @param transposed whether matrices are stored as `[in, out]`
record Names(Map<Part, String> of, QkvRows qkvRows, boolean transposed) {

    /// The parts of a decoder that have weights, and what stands before a block's number.
    enum Part {
        EMBEDDING,
        POSITIONS,
        FINAL_NORM,
        HEAD,
        BLOCK,
        ATTN_NORM,
        Q,
        K,
        V,
        O,
        Q_NORM,
        K_NORM,
        ATTN_POST_NORM,
        MLP_NORM,
        GATE,
        UP,
        DOWN,
        MLP_POST_NORM
    }

    /// How the rows of queries, keys and values stand in a file.
    enum QkvRows {
        /// As they are used.
        PLAIN,
        /// Queries and keys in interleaved pairs, see [Rows#halves].
        PAIRS,
        /// In one matrix, by head, see [Rows#ofEachHead].
        BY_HEAD
    }

    /// Llama on the Hugging Face hub, and most models after it.
    static final Names HUGGING_FACE = new Names(
            Map.ofEntries(
                    Map.entry(Part.EMBEDDING, "model.embed_tokens"),
                    Map.entry(Part.FINAL_NORM, "model.norm"),
                    Map.entry(Part.HEAD, "lm_head"),
                    Map.entry(Part.BLOCK, "model.layers."),
                    Map.entry(Part.ATTN_NORM, "input_layernorm"),
                    Map.entry(Part.Q, "self_attn.q_proj"),
                    Map.entry(Part.K, "self_attn.k_proj"),
                    Map.entry(Part.V, "self_attn.v_proj"),
                    Map.entry(Part.O, "self_attn.o_proj"),
                    Map.entry(Part.Q_NORM, "self_attn.q_norm"),
                    Map.entry(Part.K_NORM, "self_attn.k_norm"),
                    Map.entry(Part.ATTN_POST_NORM, "post_attention_layernorm"),
                    Map.entry(Part.MLP_NORM, "post_attention_layernorm"),
                    Map.entry(Part.GATE, "mlp.gate_proj"),
                    Map.entry(Part.UP, "mlp.up_proj"),
                    Map.entry(Part.DOWN, "mlp.down_proj"),
                    Map.entry(Part.MLP_POST_NORM, "post_feedforward_layernorm")),
            QkvRows.PLAIN,
            false);

    /// GGUF, where all architectures share one set of names.
    static final Names GGUF = new Names(
            Map.ofEntries(
                    Map.entry(Part.EMBEDDING, "token_embd"),
                    Map.entry(Part.FINAL_NORM, "output_norm"),
                    Map.entry(Part.HEAD, "output"),
                    Map.entry(Part.BLOCK, "blk."),
                    Map.entry(Part.ATTN_NORM, "attn_norm"),
                    Map.entry(Part.Q, "attn_q"),
                    Map.entry(Part.K, "attn_k"),
                    Map.entry(Part.V, "attn_v"),
                    Map.entry(Part.O, "attn_output"),
                    Map.entry(Part.Q_NORM, "attn_q_norm"),
                    Map.entry(Part.K_NORM, "attn_k_norm"),
                    Map.entry(Part.ATTN_POST_NORM, "post_attention_norm"),
                    Map.entry(Part.MLP_NORM, "ffn_norm"),
                    Map.entry(Part.GATE, "ffn_gate"),
                    Map.entry(Part.UP, "ffn_up"),
                    Map.entry(Part.DOWN, "ffn_down"),
                    Map.entry(Part.MLP_POST_NORM, "post_ffw_norm")),
            QkvRows.PLAIN,
            false);

    Names {
        of = Map.copyOf(of);
    }

    /// With other names of some parts.
    Names with(Map<Part, String> others) {
        Map<Part, String> all = new EnumMap<>(of);
        all.putAll(others);
        return new Names(all, qkvRows, transposed);
    }

    /// Without a part.
    Names without(Part part) {
        Map<Part, String> fewer = new EnumMap<>(of);
        fewer.remove(part);
        return new Names(fewer, qkvRows, transposed);
    }

    /// With queries, keys and values in one matrix.
    Names fusedQkv(String name, QkvRows rows) {
        return with(Map.of(Part.Q, name, Part.K, name, Part.V, name)).rows(rows);
    }

    Names rows(QkvRows rows) {
        return new Names(of, rows, transposed);
    }

    /// With matrices stored as `[in, out]`.
    Names transposedMatrices() {
        return new Names(of, qkvRows, true);
    }

    boolean has(Part part) {
        return of.containsKey(part);
    }

    /// The name of a part outside of the blocks.
    String of(Part part) {
        String name = of.get(part);
        if (name == null) {
            throw new IllegalStateException("the family names no " + part);
        }
        return name;
    }

    /// The name of a part in a block.
    String of(Part part, int layer) {
        return of(Part.BLOCK) + layer + "." + of(part);
    }
}
