package cutaway.features.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.safetensors.Dtype;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TensorPickleTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String said(String pickle) {
        return String.valueOf(assertThrows(BadInputException.class, () -> TensorPickle.read(latin(pickle)))
                .getMessage());
    }

    /// Golden: what PyTorch wrote of dictionary-learning's JumpReLU, whose encoder is a transposed view.
    @Test
    void readsWhatTorchWrote() throws IOException {
        Map<String, TensorPickle.Located> tensors = TensorPickle.read(golden("JumpReluAutoEncoder"));
        assertEquals(List.of("W_enc", "b_enc", "W_dec", "b_dec", "threshold"), List.copyOf(tensors.keySet()));
        TensorPickle.Located encoder = tensors.get("W_enc");
        assertEquals(new TensorPickle.Located(Dtype.F32, "0", 78, 0, List.of(6L, 13L), List.of(1L, 6L)), encoder);
    }

    private static byte[] golden(String kind) throws IOException {
        Path file = Golden.of("dictionary_learning").resolve(kind).resolve("ae.pt");
        try (ZipFile zip = new ZipFile(file.toFile());
                InputStream in = zip.getInputStream(zip.getEntry("ae/data.pkl"))) {
            return in.readAllBytes();
        }
    }

    /// Pickles that Python would obey: `touch FILE` through os.system, and evaluation through builtins, in the ways
    /// that a pickle has of naming a function and of calling one.
    @Test
    void runsNothing() throws IOException {
        Path touched = folder.resolve("touched");
        List<String> attacks = List.of(
                "\u0080\u0002cposix\nsystem\nX%s\u0085R.",
                "\u0080\u0002cos\nsystem\nX%s\u0085R.",
                "\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093X%s\u0085R.",
                "\u0080\u0002cbuiltins\neval\nX%s\u0085R.",
                "(S'touch'\nios\nsystem\n.",
                "(cos\nsystem\nX%so.",
                "\u0080\u0002cbuiltins\nobject\n)\u0081.",
                "\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\nX%s\u0085R.",
                "\u0080\u0002ccollections\nOrderedDict\nX%s\u0085R.",
                "\u0080\u0002}ccollections\nOrderedDict\n\u0081b.",
                "\u0080\u0002\u0082\u0001.");
        for (String attack : attacks) {
            byte[] pickle = latin(attack.replace("X%s", argument("touch " + touched)));
            BadInputException refused = assertThrows(BadInputException.class, () -> TensorPickle.read(pickle));
            Path copy = Faults.copy(
                    Golden.of("dictionary_learning/AutoEncoder"), Files.createTempDirectory(folder, "attack"));
            rewrite(copy.resolve("ae.pt"), pickle);
            Faults.assertRefused(copy, String.valueOf(refused.getMessage()));
            Faults.assertRefused(copy, copy.resolve("ae.pt").toString());
        }
        assertFalse(Files.exists(touched));
        assertEquals(
                "the pickle names posix.system, which no dictionary of tensors needs; nothing of it was run. Save the"
                        + " state dict alone, or as safetensors.",
                said(attacks.getFirst().replace("X%s", argument("x"))));
    }

    private static String argument(String text) {
        int length = text.length();
        return "X" + (char) (length & 0xFF) + (char) (length >> 8) + "\0\0" + text;
    }

    private static void rewrite(Path file, byte[] pickle) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("ae/data.pkl"));
            zip.write(pickle);
            zip.closeEntry();
        }
    }

    private static String tensor(String storageElements, String offset, String shape, String strides) {
        return "\u0080\u0002}X\u0001\0\0\0wctorch._utils\n"
                + "_rebuild_tensor_v2\n"
                + "((X\u0007\0\0\0storagectorch\n"
                + "FloatStorage\n"
                + "X\u0001\0\0\0"
                + "0X\u0003\0\0\0cpu" + storageElements + "tQ" + offset + shape + strides
                + "\u0089ccollections\nOrderedDict\n)RtRs.";
    }

    /// Whole numbers of two bytes, a minus sign by four.
    private static String number(int value) {
        return "J" + (char) (value & 0xFF) + (char) (value >> 8 & 0xFF) + (char) (value >> 16 & 0xFF)
                + (char) (value >>> 24);
    }

    @Test
    void keepsTensorsWithinTheirStorage() {
        String pair = "(" + number(2) + number(3) + "t";
        String steps = "(" + number(3) + number(1) + "t";
        TensorPickle.Located fits = TensorPickle.read(latin(tensor(number(7), number(1), pair, steps)))
                .get("w");
        assertEquals(new TensorPickle.Located(Dtype.F32, "0", 7, 1, List.of(2L, 3L), List.of(3L, 1L)), fits);
        assertTrue(said(tensor(number(7), number(2), pair, steps)).contains("does not lie within its storage of 7"));
        assertTrue(said(tensor(number(7), number(-1), pair, steps)).contains("does not lie within"));
        assertTrue(said(tensor(number(-7), number(0), pair, steps)).contains("does not lie within"));
        assertTrue(said(tensor(number(7), number(0), pair, "(" + number(-1) + number(1) + "t"))
                .contains("the value -1"));
        String huge = "(" + "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f".repeat(2) + "t";
        assertTrue(said(tensor(number(7), number(0), huge, steps)).contains("does not lie within"));
        // one number, read a million times: a small file that asks for much memory
        String many = "(" + number(1_000_000) + number(1_000_000) + "t";
        assertTrue(said(tensor(number(7), number(0), many, "(K\0K\0t")).contains("does not lie within"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\u0080", "\u0080\u0009.", ".", "}", "N.", "](.", "t.", "hq.", "}s.", "K\u0001.", "}N}s."})
    void saysWhatIsWrong(String pickle) {
        assertTrue(said(pickle).startsWith("the pickle "));
    }

    /// Damage at random: a sentence, or tensors that lie within their storage; never another failure.
    @Test
    void survivesDamage() throws IOException {
        Random random = new Random(7);
        byte[] whole = golden("MatryoshkaBatchTopKSAE");
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i <= round % 3; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                TensorPickle.read(damaged).values().forEach(at -> assertTrue(at.offset() < Math.max(1, at.elements())));
            } catch (BadInputException e) {
                refused++;
            }
        }
        assertTrue(refused > 5_000, refused + " of 20000 refused");
    }
}
