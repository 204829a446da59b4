package cutaway.lab.task;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// Which digit a small grey image shows: 1,797 handwritten ones of 8 by 8 pixels, each 0 to 1 (Alpaydin & Kaynak 1998,
/// as scikit-learn has them; `digits.md` beside the file says whose they are).
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
    private record Images(float[] pixels, int[] digits) {}

    /// Read once, when the first example is asked for.
    private static final class Holder {
        private static final Images IMAGES_READ = read();
    }

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
        Split split = new Split(seed, IMAGES, share);
        return new Examples() {

            @Override
            public int trainSize() {
                return split.trainSize();
            }

            @Override
            public int testSize() {
                return split.testSize();
            }

            @Override
            public void train(long step, Rows rows) {
                for (int n = 0; n < rows.count(); n++) {
                    put(split.train(step, rows.count(), n), rows, n);
                }
            }

            @Override
            public void test(Rows rows) {
                for (int n = 0; n < rows.count(); n++) {
                    put(split.test(n), rows, n);
                }
            }
        };
    }

    private static void put(int image, Rows rows, int at) {
        System.arraycopy(Holder.IMAGES_READ.pixels, image * PIXELS, rows.x(), at * PIXELS, PIXELS);
        rows.classes()[at] = Holder.IMAGES_READ.digits[image];
    }

    private static Images read() {
        float[] pixels = new float[IMAGES * PIXELS];
        int[] digits = new int[IMAGES];
        try (InputStream file = Objects.requireNonNull(Digits.class.getResourceAsStream("digits.csv.gz"));
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
            for (int n = 0; n < IMAGES; n++) {
                String[] values = Objects.requireNonNull(lines.readLine()).split(",");
                for (int i = 0; i < PIXELS; i++) {
                    pixels[n * PIXELS + i] = Integer.parseInt(values[i]) / FULL;
                }
                digits[n] = Integer.parseInt(values[PIXELS]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Images(pixels, digits);
    }
}
