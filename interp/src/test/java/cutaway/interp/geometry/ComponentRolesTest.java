package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.geometry.ComponentRoles.Role;
import cutaway.interp.geometry.ComponentRoles.Row;
import cutaway.interp.geometry.ComponentRoles.Rule;
import cutaway.interp.geometry.ComponentRoles.Settings;
import cutaway.model.Model;
import cutaway.model.family.LabShape;
import cutaway.model.parts.Activation;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// A model that adds by hand: what each of its heads is there for is known.
///
/// Numbers 0 to 11 hold their value in one direction of the stream; `a + b =` is answered at the last token.
/// Heads attend to one position each.
///
/// | layer | head 0 | head 1 | head 2 |
/// |---|---|---|---|
/// | 0 | copies a | copies b | brings what `+` says, always the same |
/// | 1 | adds up both | copies a to where nobody reads | nothing |
/// | 2 | tells the logits | nothing | nothing |
class ComponentRolesTest {

    private static final int NUMBERS = 12;
    private static final int ANSWERS = 2 * NUMBERS - 1;
    private static final int WIDTH = 12;
    private static final int PLACE = 8; // of the first position's 1
    private static final int VALUE = 0;
    private static final int ONE = 1;
    private static final int A = 2;
    private static final int B = 3;
    private static final int UNREAD = 4;
    private static final int SUM = 5;
    private static final int TOLD = 6;
    private static final double SURE = 200;

    @TempDir
    private static Path folder;

    private static Model adder;
    private static Map<String, Row> rows;

    @BeforeAll
    static void ask() {
        adder = adder();
        rows = ComponentRoles.of(adder, prompts(), LINES, (_, _) -> {}).rows().stream()
                .collect(Collectors.toMap(Row::site, row -> row));
    }

    @AfterAll
    static void close() {
        adder.close();
    }

    /// A head that attends to a position, and moves some directions there into one.
    private record Planted(int layer, int head, int from, List<Integer> read, int write) {}

    private static final List<Planted> HEADS = List.of(
            new Planted(0, 0, 0, List.of(VALUE), A),
            new Planted(0, 1, 2, List.of(VALUE), B),
            new Planted(0, 2, 1, List.of(ONE), UNREAD),
            new Planted(1, 0, 3, List.of(A, B), SUM),
            new Planted(1, 1, 0, List.of(VALUE), UNREAD),
            new Planted(2, 0, 3, List.of(SUM), TOLD));

    private static Model adder() {
        LabShape shape = new LabShape(
                3,
                WIDTH,
                3,
                1,
                0,
                ANSWERS + 2,
                4,
                LabShape.NormKind.NONE,
                LabShape.Positions.LEARNED,
                Activation.RELU,
                false,
                false,
                true,
                null);
        try (Scope _ = Scope.open()) {
            Map<String, double[]> weights = new LinkedHashMap<>();
            Map<String, Shape> shapes = shape.weights();
            shapes.forEach((name, size) -> weights.put(name, new double[(int) size.count()]));
            for (int number = 0; number < ANSWERS; number++) {
                set(weights, "embed.weight", number, VALUE, WIDTH, number);
                set(weights, "unembed.weight", number, TOLD, WIDTH, 2 * number); // the largest is the nearest number:
                set(weights, "unembed.weight", number, ONE, WIDTH, -number * number); // 2 k s - k^2
            }
            for (int position = 0; position < 4; position++) {
                set(weights, "positions.weight", position, PLACE + position, WIDTH, 1);
                set(weights, "positions.weight", position, ONE, WIDTH, 1);
            }
            for (Planted head : HEADS) {
                String at = "blocks." + head.layer + ".attn.";
                set(weights, at + "q.weight", head.head, ONE, WIDTH, SURE);
                set(weights, at + "k.weight", head.head, PLACE + head.from, WIDTH, 1);
                head.read.forEach(from -> set(weights, at + "v.weight", head.head, from, WIDTH, 1));
                set(weights, at + "out.weight", head.write, head.head, 3, 1);
            }
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            shapes.forEach((name, size) -> {
                double[] all = weights.getOrDefault(name, new double[0]);
                float[] values = new float[all.length];
                IntStream.range(0, all.length).forEach(i -> values[i] = (float) all[i]);
                tensors.put(name, Tensor.of(values, size.dims()));
            });
            TensorFile.write(folder.resolve("model.safetensors"), tensors, Map.of());
            JsonMapper json = JsonMapper.shared();
            Files.writeString(folder.resolve("config.json"), json.writeValueAsString(shape.config()));
            Files.writeString(folder.resolve("tokenizer.json"), json.writeValueAsString(tokenizer()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Model.open(folder);
    }

    private static void set(Map<String, double[]> weights, String name, int row, int column, int width, double value) {
        weights.getOrDefault(name, new double[0])[row * width + column] = value;
    }

    private static Map<String, Object> tokenizer() {
        Map<String, Integer> vocabulary = IntStream.range(0, ANSWERS)
                .boxed()
                .collect(Collectors.toMap(String::valueOf, n -> n, (n, _) -> n, LinkedHashMap::new));
        vocabulary.put("+", ANSWERS);
        vocabulary.put("=", ANSWERS + 1);
        return Map.of(
                "version",
                "1.0",
                "added_tokens",
                List.of(),
                "pre_tokenizer",
                Map.of("type", "WhitespaceSplit"),
                "model",
                Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "<unknown>"));
    }

    private static NumberedPrompts prompts() {
        List<String> texts = new ArrayList<>();
        List<Double> a = new ArrayList<>();
        List<Double> b = new ArrayList<>();
        List<Double> sum = new ArrayList<>();
        List<@Nullable String> answers = new ArrayList<>();
        for (int first = 0; first < NUMBERS; first++) {
            for (int second = 0; second < NUMBERS; second++) {
                texts.add(first + " + " + second + " =");
                a.add((double) first);
                b.add((double) second);
                sum.add((double) first + second);
                answers.add(" " + (first + second));
            }
        }
        Map<String, List<Double>> inputs = new LinkedHashMap<>();
        inputs.put("a", a);
        inputs.put("b", b);
        return new NumberedPrompts(texts, inputs, "sum", sum, answers);
    }

    private static final Settings LINES =
            new Settings(Optional.of("poly:1"), 6, 0.25, 8, -1, List.of("head_z"), Rule.USUAL, 3);

    /// Effects are all or nothing, as the model is made; a line tells a copied number wholly, and of the other
    /// number nothing.
    @Test
    void eachHeadIsFoundInItsRole() {
        assertEquals(9, rows.size());
        assertEquals("copies a", row(0, 0).words());
        assertEquals("copies b", row(0, 1).words());
        assertEquals("builds", row(1, 0).words());
        assertEquals("writes", row(2, 0).words());
        check(row(0, 0), "a", 1, 0);
        check(row(0, 0), "b", 0, 0);
        check(row(0, 1), "b", 1, 0);
        check(row(1, 0), "a", 1, 0);
        check(row(1, 0), "b", 1, 0);
        check(row(2, 0), "b", 1, 1);
        assertEquals("a", row(0, 0).changed());
        assertEquals(1, told(row(0, 0), "a"), 1e-6);
        assertEquals(0, told(row(0, 0), "b"), 0.1);
        assertEquals(1, told(row(2, 0), "sum"), 1e-6);
        assertEquals(1, row(0, 1).together(), 1e-6);
        assertTrue(row(2, 0).shuffled() < 0.5);
    }

    /// Decoys: a head whose curve is as clean as can be and that nobody reads, and one that says the same always.
    @Test
    void aHeadOnWhichNothingHangsIsIdle() {
        assertEquals(1, told(row(1, 1), "a"), 1e-6);
        assertEquals(Role.IDLE, row(1, 1).role());
        assertEquals(Role.IDLE, row(0, 2).role());
        assertEquals(0, told(row(0, 2), "sum"));
    }

    @Test
    void promptsThatSayNothingAreRefused() {
        NumberedPrompts few = new NumberedPrompts(
                List.of("1 + 2 =", "3 + 4 =", "5 + 1 =", "2 + 5 =", "4 + 3 ="),
                Map.of("a", List.of(1.0, 3.0, 5.0, 2.0, 4.0), "b", List.of(2.0, 4.0, 1.0, 5.0, 3.0)),
                "sum",
                List.of(3.0, 7.0, 6.0, 7.0, 7.0),
                Collections.nCopies(5, null));
        assertRefused("no two of the 5 prompts", () -> ComponentRoles.of(adder, few, LINES, (_, _) -> {}));
        Settings stream = new Settings(Optional.of("poly:1"), 6, 0.25, 8, -1, List.of("resid_pre"), Rule.USUAL, 3);
        assertRefused("is no head's z", () -> ComponentRoles.of(adder, prompts(), stream, (_, _) -> {}));
        assertRefused("between 0 and 1", () -> new Rule(0, 0.5));
    }

    /// A model that always says the same has nothing to be a share of.
    @Test
    void aChangeThatMovesNoAnswerIsRefused() {
        NumberedPrompts turned = new NumberedPrompts(
                prompts().texts(),
                prompts().inputs(),
                "sum",
                prompts().output(),
                IntStream.range(0, NUMBERS * NUMBERS)
                        .mapToObj(i -> " " + (ANSWERS - 1 - i / NUMBERS - i % NUMBERS))
                        .toList());
        assertRefused("of that", () -> ComponentRoles.of(adder, turned, LINES, (_, _) -> {}));
    }

    private static void assertRefused(String why, Executable made) {
        BadInputException refused = assertThrows(BadInputException.class, made);
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
    }

    private static Row row(int layer, int head) {
        return Objects.requireNonNull(rows.get("head_z[" + layer + "." + head + "]"));
    }

    private static double told(Row row, String number) {
        return Objects.requireNonNull(row.told().get(number));
    }

    private static void check(Row row, String changed, double total, double direct) {
        ComponentRoles.Share share = Objects.requireNonNull(row.effects().get(changed));
        assertEquals(total, share.total(), 1e-4, row.toString());
        assertEquals(direct, share.direct(), 1e-4, row.toString());
        assertEquals(total - direct, share.indirect(), 1e-4);
    }
}
