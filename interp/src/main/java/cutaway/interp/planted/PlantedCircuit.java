package cutaway.interp.planted;

import cutaway.interp.circuit.Component;
import cutaway.interp.circuit.Node;
import cutaway.interp.prompts.PromptPair;
import cutaway.model.Model;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/// A tiny Llama in which the truth about a circuit is known, and prompts for it.
///
/// A prompt holds a *subject*, which is of the one kind or the other, among fillers. The answer is told by three
/// components, each at one place, and each of them is needed:
///
///     teller, an MLP at the subject:     residual[1] += 4 residual[0]     the kind, which the embedding says
///     mover, a head at the last token:   residual[2] += mean over all positions of residual[1]
///     reader, an MLP at the last token:  residual[3] += 4 residual[2]
///     margin = 2 residual[3]: what the answer's embedding has there is 1, what the rival's has, -1
///
/// All other heads and MLPs attend, compute and write by weights that the seed draws, but only where nobody reads,
/// from the eighth number on: they are decoys.
///
/// @param layers blocks, of [#HEADS] heads and an MLP each
/// @param teller in a block before the mover's
/// @param mover in a block no later than the reader's
/// @param help share of the moving that [#helper] does in the mover's stead, 0 to 1
/// @param loudness of what decoys write: loud ones feed on each other from block to block, and the norms are no longer
///     constant
/// @param seed of the decoys
public record PlantedCircuit(
        int layers,
        Component.Mlp teller,
        Component.Head mover,
        Component.Mlp reader,
        double help,
        double loudness,
        long seed) {

    public static final int HEADS = 4;

    private static final int D_HEAD = 8;
    private static final int D_MODEL = HEADS * D_HEAD;
    private static final int NEURONS = 64;
    private static final int VOCAB = 97;

    /// So large that a norm divides by `sqrt(1e6) = 1000`, whatever it reads: with weights of 1000 it leaves values
    /// as they are.
    private static final double EPSILON = 1e6;

    /// Standard deviation of a decoy's weights.
    private static final double SPREAD = 0.26;

    private static final int KIND = 0;
    private static final int TOLD = 1;
    private static final int MOVED = 2;
    private static final int SAID = 3;
    private static final int ONE = 5; // of every token
    private static final int FREE = 8; // from here on nobody reads

    public PlantedCircuit {
        if (!(0 <= teller.layer()
                && teller.layer() < mover.layer()
                && mover.layer() <= reader.layer()
                && reader.layer() < layers
                && 0 <= mover.head()
                && mover.head() < HEADS)) {
            throw new IllegalArgumentException(teller + ", " + mover + " and " + reader
                    + " cannot work one after another in " + layers + " blocks");
        }
    }

    /// Three blocks, one part of the circuit in each, and quiet decoys.
    public static PlantedCircuit small(double help) {
        return new PlantedCircuit(
                3, new Component.Mlp(0), new Component.Head(1, 2), new Component.Mlp(2), help, 0.1, 0);
    }

    /// Six blocks, the circuit somewhere in them.
    public static PlantedCircuit drawn(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int teller = random.nextInt(4);
        int mover = random.nextInt(teller + 1, 6);
        int reader = random.nextInt(mover, 6);
        return new PlantedCircuit(
                6,
                new Component.Mlp(teller),
                new Component.Head(mover, random.nextInt(HEADS)),
                new Component.Mlp(reader),
                0,
                0.1,
                seed);
    }

    /// What is to be found: each part where it works, at the role `S` or `last` of [#pairs].
    public Set<Node> nodes() {
        return Set.of(new Node(teller, "S"), new Node(mover, "last"), new Node(reader, "last"));
    }

    /// The same without where they work.
    public Set<Component> components() {
        return Set.of(teller, mover, reader);
    }

    /// Another head of the mover's block, which does the same where it is asked to help.
    public Component.Head helper() {
        return new Component.Head(mover.layer(), (mover.head() + 2) % HEADS);
    }

    /// Writes the model to a folder and opens it; the caller closes it.
    ///
    /// @throws UncheckedIOException when the disk refuses
    public Model open(Path folder) {
        try (Scope _ = Scope.open()) {
            Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
            Files.writeString(folder.resolve("config.json"), config());
            TensorFile.write(folder.resolve("model.safetensors"), weights(), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Model.open(folder);
    }

    private LinkedHashMap<String, Tensor> weights() {
        Random random = new Random(seed);
        LinkedHashMap<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("model.embed_tokens.weight", embeddings(drawn(random, VOCAB, D_MODEL)));
        for (int layer = 0; layer < layers; layer++) {
            String at = "model.layers." + layer + ".";
            weights.put(at + "input_layernorm.weight", norm());
            weights.put(at + "self_attn.q_proj.weight", drawn(random, D_MODEL, D_MODEL));
            weights.put(at + "self_attn.k_proj.weight", drawn(random, D_MODEL / 2, D_MODEL));
            weights.put(at + "self_attn.v_proj.weight", drawn(random, D_MODEL / 2, D_MODEL));
            weights.put(at + "self_attn.o_proj.weight", quiet(drawn(random, D_MODEL, D_MODEL)));
            weights.put(at + "post_attention_layernorm.weight", norm());
            weights.put(at + "mlp.gate_proj.weight", drawn(random, NEURONS, D_MODEL));
            weights.put(at + "mlp.up_proj.weight", drawn(random, NEURONS, D_MODEL));
            weights.put(at + "mlp.down_proj.weight", quiet(drawn(random, D_MODEL, NEURONS)));
        }
        weights.put("model.norm.weight", norm());
        tells(weights, teller.layer(), KIND, TOLD);
        moves(weights, mover, 1 - help);
        moves(weights, helper(), help);
        tells(weights, reader.layer(), MOVED, SAID);
        return weights;
    }

    private static Tensor drawn(Random random, long rows, long columns) {
        return random.normal(rows, columns).times(SPREAD);
    }

    private static Tensor norm() {
        float[] values = new float[D_MODEL];
        Arrays.fill(values, (float) Math.sqrt(EPSILON));
        return Tensor.of(values, D_MODEL);
    }

    private String config() {
        return JsonMapper.shared()
                .writeValueAsString(Map.ofEntries(
                        Map.entry("architectures", List.of("LlamaForCausalLM")),
                        Map.entry("model_type", "llama"),
                        Map.entry("hidden_act", "silu"),
                        Map.entry("hidden_size", D_MODEL),
                        Map.entry("intermediate_size", NEURONS),
                        Map.entry("num_hidden_layers", layers),
                        Map.entry("num_attention_heads", HEADS),
                        Map.entry("num_key_value_heads", HEADS / 2),
                        Map.entry("head_dim", D_HEAD),
                        Map.entry("max_position_embeddings", 64),
                        Map.entry("rms_norm_eps", EPSILON),
                        Map.entry("rope_theta", 10000.0),
                        Map.entry("tie_word_embeddings", true),
                        Map.entry("bos_token_id", 1),
                        Map.entry("eos_token_id", 2),
                        Map.entry("vocab_size", VOCAB)));
    }

    /// Of words `t0` to `t96`.
    private static String tokenizer() {
        Map<String, Integer> words = new LinkedHashMap<>();
        for (int id = 0; id < VOCAB; id++) {
            words.put("t" + id, id);
        }
        return JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "version",
                        "1.0",
                        "model",
                        Map.of("type", "WordLevel", "vocab", words, "unk_token", "t0"),
                        "pre_tokenizer",
                        Map.of("type", "WhitespaceSplit")));
    }

    /// Keeps of what is written only what nobody reads, and so much of it: a norm's divisor is only nearly constant.
    private Tensor quiet(Tensor weight) {
        return changed(weight, (row, column, value) -> row < FREE ? 0 : loudness * value);
    }

    private static Tensor embeddings(Tensor weight) {
        return changed(weight, (token, i, value) -> {
            if (i >= FREE) {
                return isAnswer(token) ? 0 : value;
            }
            return switch (i) {
                case KIND -> kind(token);
                case SAID -> isAnswer(token) ? 1 - 2 * (token % 2) : 0;
                case ONE -> isAnswer(token) ? 0 : 1;
                default -> 0;
            };
        });
    }

    /// Two neurons that are together a linear map: silu(x) - silu(-x) = x.
    private static void tells(Map<String, Tensor> weights, int layer, int from, int to) {
        String at = "model.layers." + layer + ".mlp.";
        set(
                weights,
                at + "gate_proj.weight",
                (row, column, value) -> row > 1 ? value : column == from ? 1 - 2 * row : 0);
        set(weights, at + "up_proj.weight", (row, column, value) -> row > 1 ? value : column == ONE ? 1 : 0);
        set(
                weights,
                at + "down_proj.weight",
                (row, column, value) -> column < 2 && row < FREE ? row == to ? 4 * (1 - 2 * column) : 0 : value);
    }

    /// A head that looks at all positions alike.
    private static void moves(Map<String, Tensor> weights, Component.Head mover, double share) {
        String at = "model.layers." + mover.layer() + ".self_attn.";
        int head = mover.head();
        int first = D_HEAD * head;
        int firstValue = D_HEAD * (head / 2); // two heads share keys and values
        set(weights, at + "q_proj.weight", (row, column, value) -> row / D_HEAD == head ? 0 : value);
        set(weights, at + "v_proj.weight", (row, column, value) -> row == firstValue ? column == TOLD ? 1 : 0 : value);
        set(weights, at + "o_proj.weight", (row, column, value) -> row == MOVED && column == first ? share : value);
    }

    private interface Entry {
        double of(int row, int column, double value);
    }

    private static void set(Map<String, Tensor> weights, String name, Entry entry) {
        weights.computeIfPresent(name, (key, weight) -> changed(weight, entry));
    }

    private static Tensor changed(Tensor weight, Entry entry) {
        float[] values = weight.toFloats();
        int columns = (int) weight.dim(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) entry.of(i / columns, i % columns, values[i]);
        }
        return Tensor.of(values, weight.dim(0), columns);
    }

    /// Tokens 10 to 19 are of the one kind, 20 to 29 of the other, some more clearly than others.
    private static double kind(int token) {
        double size = 1 + 0.1 * (token % 10);
        return token / 10 == 1 ? size : token / 10 == 2 ? -size : 0;
    }

    private static boolean isAnswer(int token) {
        return token >= 80 && token < 90;
    }

    /// Pairs whose subject is of the one kind in the prompt and of the other in the contrast; prompts differ in length
    /// and in where the subject stands. The role `filler` is a position between it and the last.
    public static List<PromptPair> pairs(int count, long seed) {
        return pairs(count, seed, false);
    }

    /// As [#pairs], but they differ in a filler, which is of no kind.
    public static List<PromptPair> nullPairs(int count, long seed) {
        return pairs(count, seed, true);
    }

    private static List<PromptPair> pairs(int count, long seed, boolean alike) {
        SplittableRandom random = new SplittableRandom(seed);
        List<PromptPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int before = 1 + random.nextInt(4);
            int after = 2 + random.nextInt(4);
            int[] prompt = new int[before + 1 + after];
            Arrays.setAll(prompt, at -> 30 + random.nextInt(50));
            prompt[before] = 10 + random.nextInt(10);
            int[] contrast = prompt.clone();
            if (alike) {
                contrast[before + 1] = prompt[before + 1] == 30 ? 31 : 30; // a filler
            } else {
                contrast[before] = 20 + random.nextInt(10);
            }
            int answer = 80 + 2 * random.nextInt(5);
            pairs.add(pair(prompt, contrast, answer, before));
        }
        return pairs;
    }

    private static PromptPair pair(int[] prompt, int[] contrast, int answer, int subject) {
        int last = prompt.length - 1;
        return new PromptPair(
                text(prompt),
                text(contrast),
                " t" + answer,
                " t" + (answer + 1),
                null,
                Map.of("S", span(subject, subject), "filler", span(subject + 1, last - 1)));
    }

    /// Every token is three characters, and a space before the next.
    private static String text(int[] ids) {
        return String.join(" ", Arrays.stream(ids).mapToObj(id -> "t" + id).toList());
    }

    private static List<Integer> span(int first, int last) {
        return List.of(4 * first, 4 * last + 3);
    }
}
