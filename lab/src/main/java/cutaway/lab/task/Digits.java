package cutaway.lab.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Which digit a small grey image shows: 1,797 handwritten ones of 8 by 8 pixels, each 0 to 1 (Alpaydin & Kaynak 1998).
///
/// They are none of Cutaway's: `scripts/digits` takes them out of scikit-learn's package into Cutaway's cache.
///
/// @param share of the images that is trained on; the others are held out
public record Digits(
        @JsonProperty(value = "share", required = true) double share) implements Task {

    static final String NAME = "digits";

    private static final int SIZE = 8;
    private static final int PIXELS = SIZE * SIZE;
    private static final int CLASSES = 10;
    private static final int IMAGES = 1797;

    /// What a pixel says where all of it is ink.
    private static final float FULL = 16;

    /// All images.
    ///
    /// @param pixels row by row, one image after another
    /// @param digits of each image
    record Images(float[] pixels, int[] digits) {}

    /// Read once, when the first example is asked for.
    private static @Nullable Images known;

    public Digits {
        Split.check(IMAGES, share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Which digit a small handwritten image shows.";
    }

    @Override
    public Input input() {
        return new Input.Image(1, SIZE, SIZE);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(CLASSES));
    }

    @Override
    public Examples examples(long seed, int variant) {
        Images images = images();
        return new SplitExamples(seed, IMAGES, share) {
            @Override
            void put(int image, Rows rows, int n) {
                System.arraycopy(images.pixels, image * PIXELS, rows.x(), n * PIXELS, PIXELS);
                rows.classes()[n] = images.digits[image];
            }
        };
    }

    /// Where the images lie, once they were fetched.
    public static Path file() {
        return Hub.cacheFolder().resolve("data").resolve("digits.csv.gz");
    }

    /// Whether the images were fetched.
    public static boolean areHere() {
        return Files.isRegularFile(file());
    }

    private static synchronized Images images() {
        Images images = known == null ? read(file()) : known;
        known = images;
        return images;
    }

    /// @throws BadInputException when they were not fetched, or the file is another
    static Images read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("the digits are not at " + file
                    + "; run scripts/digits, which takes them from scikit-learn's package.");
        }
        float[] pixels = new float[IMAGES * PIXELS];
        int[] digits = new int[IMAGES];
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            for (int n = 0; n < IMAGES; n++) {
                String line = lines.readLine();
                String[] values = line == null ? new String[0] : line.split(",");
                if (values.length != PIXELS + 1) {
                    throw new IOException("line " + (n + 1) + " has no image of " + PIXELS + " pixels");
                }
                for (int i = 0; i < PIXELS; i++) {
                    pixels[n * PIXELS + i] = Integer.parseInt(values[i]) / FULL;
                }
                digits[n] = Integer.parseInt(values[PIXELS]);
            }
        } catch (IOException | NumberFormatException e) {
            throw new BadInputException(
                    file + " holds no digits (" + e.getMessage() + "); delete it and run scripts/digits.", e);
        }
        return new Images(pixels, digits);
    }
}
