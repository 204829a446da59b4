package cutaway.interp.circuit;

import cutaway.interp.planted.PlantedLlama;
import cutaway.interp.prompts.PromptPair;
import cutaway.model.Model;
import cutaway.tensor.Tensor;
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
///     MLP0 at the subject:     residual[1] += 4 residual[0]     the kind, which the embedding says
///     L1H2 at the last token:  residual[2] += mean over all positions of residual[1]
///     MLP2 at the last token:  residual[3] += 4 residual[2]
///     margin = 2 residual[3]: what the answer's embedding has there is 1, what the rival's has, -1
///
/// All other heads and MLPs attend, compute and write, but only where nobody reads, from the eighth number on.
final class PlantedPrompts {

    static final Node AT_SUBJECT = new Node(new Component.Mlp(0), "S");
    static final Node MOVER = new Node(new Component.Head(1, 2), "last");
    static final Node READER = new Node(new Component.Mlp(2), "last");
    static final Set<Node> CIRCUIT = Set.of(AT_SUBJECT, MOVER, READER);

    /// Another head of the mover's layer, which does the same where it is asked to help.
    static final Component HELPER = new Component.Head(1, 0);

    private static final int KIND = 0;
    private static final int TOLD = 1;
    private static final int MOVED = 2;
    private static final int SAID = 3;
    private static final int ONE = 5; // of every token
    private static final int FREE = 8; // from here on nobody reads

    private PlantedPrompts() {}

    /// @param help share of the moving that [#HELPER] does in the mover's stead
    static Model model(Path folder, double help) {
        try {
            Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return PlantedLlama.write(folder, PlantedLlama.CONSTANT, weights -> {
            weights.computeIfPresent("model.embed_tokens.weight", (name, weight) -> embeddings(weight));
            for (int layer = 0; layer < 3; layer++) {
                String at = "model.layers." + layer + ".";
                weights.computeIfPresent(at + "self_attn.o_proj.weight", (name, weight) -> quiet(weight));
                weights.computeIfPresent(at + "mlp.down_proj.weight", (name, weight) -> quiet(weight));
            }
            tells(weights, 0, KIND, TOLD);
            moves(weights, 1, 2, 1 - help);
            moves(weights, 1, 0, help);
            tells(weights, 2, MOVED, SAID);
        });
    }

    /// Of words `t0` to `t96`.
    private static String tokenizer() {
        Map<String, Integer> words = new LinkedHashMap<>();
        for (int id = 0; id < 97; id++) {
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

    /// Keeps of what is written only what nobody reads, and little of it: a norm's divisor is only nearly constant.
    private static Tensor quiet(Tensor weight) {
        return changed(weight, (row, column, value) -> row < FREE ? 0 : 0.1 * value);
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
    private static void moves(Map<String, Tensor> weights, int layer, int head, double share) {
        String at = "model.layers." + layer + ".self_attn.";
        int first = 8 * head;
        int firstValue = 8 * (head / 2); // two heads share keys and values
        set(weights, at + "q_proj.weight", (row, column, value) -> row / 8 == head ? 0 : value);
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
    static List<PromptPair> pairs(int count, long seed) {
        return pairs(count, seed, false);
    }

    /// As [#pairs], but they differ in a filler, which is of no kind.
    static List<PromptPair> nullPairs(int count, long seed) {
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
