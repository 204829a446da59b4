package cutaway.interp.heads;

import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// A GPT-2 of three layers and four heads whose weights are set by hand. Its residual stream has places for a
/// code of the
/// token, a code of the position, the code of the token before, and the token's code again, to which the first
/// MLP brings
/// it; the other MLPs write nothing.
///
/// Heads that are not planted look everywhere alike, and write what random weights make of what they read.
final class PlantedHeads {

    private static final int VOCAB = 97;
    private static final int POSITIONS = 128;
    private static final int LAYERS = 3;
    private static final int HEADS = 4;
    private static final int D_HEAD = 48;
    private static final int D_MODEL = HEADS * D_HEAD;

    /// Where in the residual stream: the token, the position, the token before, the token again.
    private static final int TOKEN = 0;

    private static final int POSITION = 48;
    private static final int BEFORE = 96;
    private static final int AGAIN = 144;

    /// A number that changes sign at each position.
    private static final int PARITY = BEFORE + D_HEAD - 1;

    /// How sharply planted heads look.
    private static final float SHARP = 3;

    /// Where gelu is the identity.
    private static final double UP = 10;

    private final float[][] qkv = new float[LAYERS][D_MODEL * 3 * D_MODEL]; // [in, q k v of all heads]
    private final float[][] bias = new float[LAYERS][3 * D_MODEL];
    private final float[][] out = new float[LAYERS][D_MODEL * D_MODEL]; // [heads together, out]
    private final SplittableRandom random = new SplittableRandom(0);
    private final double[] turns = new double[D_HEAD / 2]; // by how much a pair of the position's code turns a position

    private boolean hasParity;

    private PlantedHeads() {
        Arrays.setAll(turns, pair -> random.nextDouble(Math.PI));
        for (int layer = 0; layer < LAYERS; layer++) {
            for (int head = 0; head < HEADS; head++) {
                for (int i = 0; i < D_MODEL; i++) {
                    for (int j = 0; j < D_HEAD; j++) {
                        set(qkv[layer], i, 2 * D_MODEL + head * D_HEAD + j, 3 * D_MODEL, 0.1 * random.nextGaussian());
                        set(out[layer], head * D_HEAD + j, i, D_MODEL, 0.1 * random.nextGaussian());
                    }
                }
            }
        }
    }

    /// - L0H1 looks at the position before and notes the token there; L2H1 looks there too and writes nothing
    /// - L0H3 looks at the same token; L1H0 at position 0
    /// - L1H2 looks where the token before is its own, and says the token there: induction
    /// - L2H0 says the tokens that it reads, L2H2 those that the MLP brought, L2H3 all but them; they look
    /// everywhere
    ///   alike
    static Model open(Path folder) throws IOException {
        PlantedHeads heads = new PlantedHeads();
        heads.looksBack(0, 1);
        heads.writes(0, 1, TOKEN, BEFORE, 1);
        heads.looks(0, 3, TOKEN, TOKEN);
        heads.writes(0, 3, TOKEN, AGAIN, 1);
        heads.looksAtFirst(1, 0);
        heads.looks(1, 2, TOKEN, BEFORE);
        heads.writes(1, 2, TOKEN, TOKEN, 1);
        heads.writes(2, 0, TOKEN, TOKEN, 1);
        heads.looksBack(2, 1);
        heads.writes(2, 1, TOKEN, TOKEN, 0);
        heads.writes(2, 2, AGAIN, TOKEN, 1);
        heads.writes(2, 3, TOKEN, TOKEN, -1);
        heads.save(folder);
        return Model.open(folder);
    }

    /// As [#open], and L0H2 looks at even distances, L2H3 at odd ones.
    static Model withParity(Path folder) throws IOException {
        PlantedHeads heads = new PlantedHeads();
        heads.looksBack(0, 1);
        heads.looks(0, 3, TOKEN, TOKEN);
        heads.looksAtFirst(1, 0);
        heads.looksBack(2, 1);
        heads.hasParity = true;
        heads.looksByParity(0, 2, 1);
        heads.looksByParity(2, 3, -1);
        heads.save(folder);
        return Model.open(folder);
    }

    private static void set(float[] matrix, int row, int column, int columns, double value) {
        matrix[row * columns + column] = (float) value;
    }

    /// Queries are read at one place of the residual stream, keys at another.
    private void looks(int layer, int head, int query, int key) {
        for (int i = 0; i < D_HEAD; i++) {
            set(qkv[layer], query + i, head * D_HEAD + i, 3 * D_MODEL, SHARP);
            set(qkv[layer], key + i, D_MODEL + head * D_HEAD + i, 3 * D_MODEL, SHARP);
        }
    }

    /// Queries are the code of the position, turned back by one.
    private void looksBack(int layer, int head) {
        looks(layer, head, POSITION, POSITION);
        for (int pair = 0; pair < turns.length; pair++) {
            double cos = Math.cos(turns[pair]) * SHARP;
            double sin = Math.sin(turns[pair]) * SHARP;
            int in = POSITION + 2 * pair;
            int to = head * D_HEAD + 2 * pair;
            set(qkv[layer], in, to, 3 * D_MODEL, cos);
            set(qkv[layer], in, to + 1, 3 * D_MODEL, -sin);
            set(qkv[layer], in + 1, to, 3 * D_MODEL, sin);
            set(qkv[layer], in + 1, to + 1, 3 * D_MODEL, cos);
        }
    }

    /// Queries and keys are the number that changes sign at each position.
    ///
    /// @param sign of queries: 1 looks at positions of the own parity, -1 at the others
    private void looksByParity(int layer, int head, int sign) {
        for (int i = 0; i < D_HEAD; i++) {
            set(qkv[layer], PARITY, head * D_HEAD + i, 3 * D_MODEL, sign * SHARP);
            set(qkv[layer], PARITY, D_MODEL + head * D_HEAD + i, 3 * D_MODEL, SHARP);
        }
    }

    /// Every query is the code of position 0, whatever is read.
    private void looksAtFirst(int layer, int head) {
        looks(layer, head, POSITION, POSITION);
        for (int i = 0; i < D_HEAD; i++) {
            set(qkv[layer], POSITION + i, head * D_HEAD + i, 3 * D_MODEL, 0);
            bias[layer][head * D_HEAD + i] = i % 2 == 0 ? SHARP : 0; // cos 0, sin 0
        }
    }

    /// What is read at one place is written to another, times a factor, and nothing else.
    private void writes(int layer, int head, int from, int to, double factor) {
        for (int i = 0; i < D_MODEL; i++) {
            for (int j = 0; j < D_HEAD; j++) {
                set(qkv[layer], i, 2 * D_MODEL + head * D_HEAD + j, 3 * D_MODEL, i == from + j ? 1 : 0);
                set(out[layer], head * D_HEAD + j, i, D_MODEL, i == to + j ? factor : 0);
            }
        }
    }

    private void save(Path folder) throws IOException {
        float[] tokens = new float[VOCAB * D_MODEL];
        for (int id = 0; id < VOCAB; id++) {
            for (int i = 0; i < D_HEAD; i++) {
                set(tokens, id, TOKEN + i, D_MODEL, random.nextGaussian());
            }
        }
        float[] positions = new float[POSITIONS * D_MODEL];
        for (int pos = 0; pos < POSITIONS; pos++) {
            if (hasParity) {
                set(positions, pos, PARITY, D_MODEL, pos % 2 == 0 ? 3 : -3);
            }
            for (int pair = 0; pair < turns.length; pair++) {
                set(positions, pos, POSITION + 2 * pair, D_MODEL, Math.cos(turns[pair] * pos));
                set(positions, pos, POSITION + 2 * pair + 1, D_MODEL, Math.sin(turns[pair] * pos));
            }
        }
        LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("transformer.wte.weight", Tensor.of(tokens, VOCAB, D_MODEL));
        weights.put("transformer.wpe.weight", Tensor.of(positions, POSITIONS, D_MODEL));
        norm(weights, "transformer.ln_f");
        for (int layer = 0; layer < LAYERS; layer++) {
            String at = "transformer.h." + layer + ".";
            norm(weights, at + "ln_1");
            norm(weights, at + "ln_2");
            weights.put(at + "attn.c_attn.weight", Tensor.of(qkv[layer], D_MODEL, 3 * D_MODEL));
            weights.put(at + "attn.c_attn.bias", Tensor.of(bias[layer], 3 * D_MODEL));
            weights.put(at + "attn.c_proj.weight", Tensor.of(out[layer], D_MODEL, D_MODEL));
            weights.put(at + "attn.c_proj.bias", Tensor.zeros(D_MODEL));
            mlp(weights, at + "mlp.", layer == 0 ? 1 : 0);
        }
        TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
        weights.values().forEach(Tensor::close);
        Files.writeString(
                folder.resolve("config.json"), """
                    {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": %d, "n_head": %d, "n_layer": %d,
                     "n_inner": %d, "vocab_size": %d, "n_positions": %d, "layer_norm_epsilon": 1e-5,
                     "activation_function": "gelu_new", "tie_word_embeddings": true}
                    """.formatted(D_MODEL, HEADS, LAYERS, D_HEAD, VOCAB, POSITIONS));
    }

    /// The token's code is written where it is wanted again: neurons stand so far up that gelu lets them pass.
    private static void mlp(Map<String, Tensor> weights, String name, double factor) {
        float[] in = new float[D_MODEL * D_HEAD];
        float[] out = new float[D_HEAD * D_MODEL];
        float[] bias = new float[D_MODEL];
        for (int i = 0; i < D_HEAD; i++) {
            set(in, TOKEN + i, i, D_HEAD, 1);
            set(out, i, AGAIN + i, D_MODEL, factor);
            bias[AGAIN + i] = (float) (-UP * factor);
        }
        weights.put(name + "c_fc.weight", Tensor.of(in, D_MODEL, D_HEAD));
        weights.put(name + "c_fc.bias", Tensor.full(UP, Dtype.F32, D_HEAD));
        weights.put(name + "c_proj.weight", Tensor.of(out, D_HEAD, D_MODEL));
        weights.put(name + "c_proj.bias", Tensor.of(bias, D_MODEL));
    }

    private static void norm(Map<String, Tensor> weights, String name) {
        weights.put(name + ".weight", Tensor.ones(D_MODEL));
        weights.put(name + ".bias", Tensor.zeros(D_MODEL));
    }
}
