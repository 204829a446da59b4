package cutaway.tensor.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

    @TempDir
    Path folder;

    /// Written by Python's safetensors 0.8.0; `python.py` lies beside it.
    @Test
    void readsWhatPythonWrote() throws Exception {
        try (var file = SafetensorsFile.open(
                Path.of(getClass().getResource("python.safetensors").toURI()))) {
            assertEquals(
                    Set.of(
                            "double", "single", "half", "brain", "long", "int", "short", "byte", "ubyte", "flag",
                            "scalar", "empty"),
                    file.names());
            assertEquals("été", file.metadata().get("note"));
            Entry single = file.entry("single");
            assertEquals(Dtype.F32, single.dtype());
            assertEquals(List.of(2L, 3L), single.shape());
            float[] values = new float[6];
            for (int i = 0; i < 6; i++) {
                values[i] = single.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            }
            assertEquals("[0.0, 0.5, 1.0, 1.5, 2.0, 2.5]", Arrays.toString(values));
            assertEquals((short) 0xC000, file.entry("half").bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
            assertEquals((short) 0x3F80, file.entry("brain").bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
            assertEquals(-7, file.entry("long").bytes().get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
            assertEquals(List.of(), file.entry("scalar").shape());
            assertEquals(1, file.entry("scalar").elements());
            assertEquals(List.of(0L, 4L), file.entry("empty").shape());
        }
    }

    @Test
    void readsWhatItWrote() {
        Path path = folder.resolve("own.safetensors");
        byte[] odd = {1, 2, 3};
        double[] wide = {Math.PI, -0.0};
        new SafetensorsWriter()
                .metadata("quote\"d", "a\nb")
                .add("odd", Dtype.U8, List.of(3L), MemorySegment.ofArray(odd))
                .add("wide \u6771", Dtype.F64, List.of(1L, 2L), MemorySegment.ofArray(wide))
                .write(path);
        try (var file = SafetensorsFile.open(path)) {
            assertEquals("a\nb", file.metadata().get("quote\"d"));
            MemorySegment bytes = file.entry("wide \u6771").bytes();
            assertEquals(0, bytes.address() % 8, "data are aligned to 8 bytes");
            assertEquals(-1, bytes.mismatch(MemorySegment.ofArray(wide)));
            assertEquals(-1, file.entry("odd").bytes().mismatch(MemorySegment.ofArray(odd)));
            assertTrue(assertThrows(BadInputException.class, () -> file.entry("even"))
                    .getMessage()
                    .contains("odd"));
        }
    }

    @Test
    void writesNothingRatherThanHalf() throws IOException {
        Path path = folder.resolve("half.safetensors");
        Files.writeString(path, "before");
        var arena = Arena.ofConfined();
        var writer = new SafetensorsWriter().add("gone", Dtype.U8, List.of(64L), arena.allocate(64));
        arena.close();
        assertThrows(IllegalStateException.class, () -> writer.write(path));
        assertEquals("before", Files.readString(path));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count(), "the temporary file is removed");
        }
    }

    /// Each header lies about 8 bytes of data; the message must say how.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {                                                                                | not valid JSON
        []                                                                               | not an object
        {} {}                                                                            | goes on
        {'a':1}                                                                          | tensor a is not an object
        {'a':{'dtype':'F32','shape':[2]}}                                                | not described completely
        {'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}                             | not described completely
        {'a':{'dtype':'Q9','shape':[2],'data_offsets':[0,8]}}                            | dtype Q9
        {'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}                          | negative
        {'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}                          | negative
        {'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}                           | bytes 8 to 0
        {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}                          | there are 8
        {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,99999999999999999999]}}        | not valid JSON
        {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}                           | takes 12
        {'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}}                         | whole numbers
        {'a':{'dtype':'U8','shape':[4294967296,4294967296],'data_offsets':[0,8]}}        | more elements
        {'a':{'dtype':'F32','shape':[4611686018427387904],'data_offsets':[0,8]}}         | more elements
        {'a':{'dtype':'U8','shape':[5],'data_offsets':[0,5]},'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}} | overlap
        {'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}} | hole
        {'a':{'dtype':'U8','shape':[7],'data_offsets':[0,7]}}                            | nothing after
        {'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]},'a':{'dtype':'U8','shape':[0],'data_offsets':[8,8]}} | occurs twice
        {'__metadata__':{'k':1},'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}}     | a string
        """)
    void refusesHeadersThatLie(String header, String complaint) throws IOException {
        byte[] json = header.strip().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Path path = folder.resolve("lie.safetensors");
        Files.write(path, file(json.length, json, 8));
        var refusal = assertThrows(BadInputException.class, () -> SafetensorsFile.open(path));
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("lie.safetensors"), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"-1", "9223372036854775807", "99999999", "100000001", "3"})
    void refusesAbsurdHeaderLengths(long length) throws IOException {
        Path path = folder.resolve("absurd.safetensors");
        Files.write(path, file(length, new byte[] {'{', '}'}, 0));
        assertThrows(BadInputException.class, () -> SafetensorsFile.open(path));
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThrows(BadInputException.class, () -> SafetensorsFile.open(folder.resolve("absent")));
        assertThrows(BadInputException.class, () -> SafetensorsFile.open(folder));
    }

    /// Seeded: 500 damaged copies either open or are refused in words; nothing else is thrown.
    @Test
    void survivesDamage() throws Exception {
        byte[] whole = getClass().getResourceAsStream("python.safetensors").readAllBytes();
        int header = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var random = new Random(11);
        int refused = 0;
        for (int trial = 0; trial < 500; trial++) {
            byte[] damaged = trial % 5 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int flips = random.nextInt(1, 4); flips > 0 && trial % 5 != 0; flips--) {
                damaged[random.nextInt(8 + header)] ^= (byte) (1 << random.nextInt(8));
            }
            Path path = folder.resolve("damaged.safetensors");
            Files.write(path, damaged);
            try (var file = SafetensorsFile.open(path)) {
                file.names().forEach(name -> file.entry(name).bytes().toArray(ValueLayout.JAVA_BYTE));
            } catch (BadInputException e) {
                refused++;
            }
        }
        assertTrue(refused > 300, "refused " + refused + " of 500");
    }

    private static byte[] file(long headerLength, byte[] header, int data) {
        return ByteBuffer.allocate(Long.BYTES + header.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(header)
                .array();
    }
}
