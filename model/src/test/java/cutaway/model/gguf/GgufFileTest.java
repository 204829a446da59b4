package cutaway.model.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.DefaultModel;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFileTest {

    @TempDir
    Path folder;

    @Test
    void readsEveryKindOfValue() {
        Path path = small().put("big", 1L << 62).put("negative", -1L).write(folder.resolve("small.gguf"));
        try (var file = GgufFile.open(path)) {
            GgufMetadata metadata = file.metadata();
            assertEquals("llama", metadata.string("general.architecture"));
            assertEquals(2, metadata.size("llama.block_count"));
            assertEquals(10_000, metadata.real("llama.rope.freq_base"));
            assertTrue(metadata.flag("tokenizer.ggml.add_bos_token"));
            assertEquals(List.of("a", "東京", ""), metadata.strings("tokenizer.ggml.tokens"));
            assertArrayEquals(new long[] {1, -3}, metadata.integers("layers"));
            assertArrayEquals(new long[] {1, -3}, metadata.perLayer("layers", 2));
            assertArrayEquals(new long[] {2, 2, 2}, metadata.perLayer("llama.block_count", 3));
            assertEquals(1L << 62, metadata.integer("big"));
            assertFalse(metadata.has("absent"));
            assertComplaint("no metadata key absent", () -> metadata.string("absent"));
            assertComplaint("18446744073709551615", () -> metadata.integer("negative"));
            assertComplaint("an array of STRING", () -> metadata.integers("tokenizer.ggml.tokens"));
            assertComplaint("of type U32; expected a string", () -> metadata.string("llama.block_count"));
            assertComplaint("3 layers", () -> metadata.perLayer("layers", 3));
            assertComplaint("no tensor lost", () -> file.tensor("lost"));
            assertEquals(List.of(2L, 32L), file.tensor("half").shape());
            assertEquals(64, file.tensor("half").elements());
            assertEquals(34, file.tensor("packed").bytes().byteSize());
            assertEquals(7, file.tensor("packed").bytes().get(ValueLayout.JAVA_BYTE, 33));
        }
    }

    /// Facts of the file as the gguf package (0.19) reports them.
    @Test
    void readsTheDefaultModel() {
        try (var file = GgufFile.open(DefaultModel.gguf())) {
            assertEquals(272, file.names().size());
            assertEquals(33, file.metadata().keys().size());
            assertEquals(100_000, file.metadata().real("llama.rope.freq_base"));
            assertEquals(
                    49_152, file.metadata().strings("tokenizer.ggml.tokens").size());
            GgufTensor down = file.tensor("blk.0.ffn_down.weight");
            assertEquals(List.of(576L, 1536L), down.shape());
            assertEquals(BlockType.Q4_1, down.type());
            assertEquals(BlockType.Q8_0, file.tensor("token_embd.weight").type());
        }
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                lie("room for", w -> w.bytes(1L << 60, 6)),
                lie("room for", w -> w.bytes(3, 1L << 60)),
                lie("room for", w -> w.bytes(-1, 6)),
                lie("room for", w -> w.array("many", ValueType.U8, 1L << 60).bytes()),
                lie("room for", w -> w.array("many", ValueType.STRING, 1L << 60).bytes()),
                lie(
                        "room for",
                        w -> w.array("many", ValueType.F64, Long.MIN_VALUE).bytes()),
                lie("array of arrays", w -> w.array("deep", ValueType.ARRAY, 1).bytes()),
                lie("occurs twice", w -> w.put("general.architecture", "gpt2").bytes()),
                lie("1 to 65535", w -> w.put("", "nameless").bytes()),
                lie("power of two", w -> w.put("general.alignment", 48).bytes()),
                lie("power of two", w -> w.put("general.alignment", 0).bytes()),
                lie("type 4,", w -> w.line("old", 4, 0, 32).bytes()),
                lie(
                        "9 axes",
                        w -> w.line("deep", 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1).bytes()),
                lie("no multiple", w -> w.line("crooked", 0, 33, 1).bytes()),
                lie("no multiple", w -> w.line("before", 0, -32, 1).bytes()),
                lie("inside of the tensor", w -> w.line("on top", 0, 32, 1).bytes()),
                lie("cut short", w -> w.line("beyond", 0, 1L << 40, 1).bytes()),
                lie("cut short", w -> w.line("long", 0, 1024, 1L << 40).bytes()),
                lie(
                        "more elements",
                        w -> w.line("huge", 0, 1024, 1L << 32, 1L << 32).bytes()),
                lie("more elements", w -> w.line("huge", 0, 1024, 1L << 61).bytes()),
                lie("more elements", w -> w.line("negative", 0, 1024, -1).bytes()),
                lie("multiple of 32", w -> w.line("ragged", 8, 1024, 2, 33).bytes()),
                lie(
                        "the tensor half occurs twice",
                        w -> w.line("half", 0, 192, 0).bytes()),
                lie("version 2", w -> version(w, 2)),
                lie("big-endian", w -> version(w, 3 << 24)),
                lie("start with \"GGUF\"", w -> "GGML and more".getBytes(UTF_8)),
                lie("start with \"GGUF\"", w -> new byte[0]));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void refusesFilesThatLie(String complaint, Lie lie) throws IOException {
        Path path = Files.write(folder.resolve("lie.gguf"), lie.of(small()));
        assertComplaint(complaint, () -> GgufFile.open(path).close());
    }

    /// Seeded: 1000 damaged copies either open or are refused in words; nothing else is thrown.
    @Test
    void survivesDamage() throws IOException {
        byte[] whole = small().bytes();
        int directory = whole.length - 200;
        var random = new Random(5);
        int refused = 0;
        for (int trial = 0; trial < 1000; trial++) {
            byte[] damaged = trial % 5 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int flips = random.nextInt(1, 4); flips > 0 && trial % 5 != 0; flips--) {
                damaged[random.nextInt(directory)] ^= (byte) (1 << random.nextInt(8));
            }
            Path path = Files.write(folder.resolve("damaged.gguf"), damaged);
            try (var file = GgufFile.open(path)) {
                readEverything(file);
            } catch (BadInputException e) {
                refused++;
            }
        }
        assertTrue(refused > 400, "refused " + refused + " of 1000");
    }

    private static void readEverything(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        for (String key : metadata.keys()) {
            for (var read : List.<Runnable>of(
                    () -> metadata.string(key),
                    () -> metadata.integer(key),
                    () -> metadata.real(key),
                    () -> metadata.flag(key),
                    () -> metadata.strings(key),
                    () -> metadata.integers(key),
                    () -> metadata.reals(key))) {
                try {
                    read.run();
                } catch (BadInputException e) {
                    String shown = new BadInputException(key).getMessage(); // a damaged key may hold control characters
                    assertTrue(e.getMessage().contains(shown), e.getMessage());
                }
            }
        }
        file.names().forEach(name -> file.tensor(name).bytes().toArray(ValueLayout.JAVA_BYTE));
    }

    private static RawGguf small() {
        byte[] packed = new byte[34];
        packed[33] = 7;
        return new RawGguf()
                .put("general.architecture", "llama")
                .put("llama.block_count", 2)
                .put("llama.rope.freq_base", 10_000f)
                .put("tokenizer.ggml.add_bos_token", true)
                .put("tokenizer.ggml.tokens", List.of("a", "東京", ""))
                .put("layers", new int[] {1, -3})
                .tensor("half", BlockType.F16, new byte[128], 2, 32)
                .tensor("packed", BlockType.Q8_0, packed, 32)
                .tensor("single", BlockType.F32, new byte[4], 1);
    }

    interface Lie {
        byte[] of(RawGguf writer);
    }

    private static Arguments lie(String complaint, Lie lie) {
        return Arguments.of(complaint, lie);
    }

    private static byte[] version(RawGguf writer, int version) {
        byte[] bytes = writer.bytes();
        for (int i = 0; i < 4; i++) {
            bytes[4 + i] = (byte) (version >> (8 * i));
        }
        return bytes;
    }

    private static void assertComplaint(String complaint, Runnable action) {
        var refusal = assertThrows(BadInputException.class, action::run);
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
    }
}
