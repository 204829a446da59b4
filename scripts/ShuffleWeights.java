import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Shuffles the numbers of each weight of a Hugging Face folder, in place: a model of the same shape and the same
/// scales that has learned nothing, as a null for what is said of one that has.
///
///     ./cutaway export hf smollm2-135m-instruct --out FOLDER
///     java scripts/ShuffleWeights.java FOLDER
///
/// Any JDK from 17 on runs it.
public final class ShuffleWeights {

    private ShuffleWeights() {}

    /// @param arguments the folder, whose `model.safetensors` holds float32 weights, as Cutaway writes it
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1 || !Files.isWritable(Path.of(arguments[0], "model.safetensors"))) {
            System.err.println(
                    "give a folder with a model.safetensors that may be written, as cutaway export hf makes it");
            System.exit(2);
        }
        Path file = Path.of(arguments[0], "model.safetensors");
        SplittableRandom random = new SplittableRandom(0);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long headerBytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, 8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            byte[] header = new byte[(int) headerBytes];
            channel.map(FileChannel.MapMode.READ_ONLY, 8, headerBytes).get(header);
            Matcher weights = Pattern.compile("\"dtype\":\"(\\w+)\".*?\"data_offsets\":\\[(\\d+),(\\d+)]")
                    .matcher(new String(header, StandardCharsets.UTF_8));
            while (weights.find()) {
                if (!weights.group(1).equals("F32")) {
                    System.err.println(
                            "the weights are " + weights.group(1) + "; float32 is shuffled: export with --type f32");
                    System.exit(2);
                }
                long from = Long.parseLong(weights.group(2));
                long bytes = Long.parseLong(weights.group(3)) - from;
                shuffle(
                        channel.map(FileChannel.MapMode.READ_WRITE, 8 + headerBytes + from, bytes)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .asFloatBuffer(),
                        random);
            }
        }
    }

    private static void shuffle(FloatBuffer numbers, SplittableRandom random) {
        for (int i = numbers.limit() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            float kept = numbers.get(i);
            numbers.put(i, numbers.get(other));
            numbers.put(other, kept);
        }
    }
}
