package cutaway.server.attention;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.Prompts;
import cutaway.interp.heads.Thumbnails;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Recent;
import cutaway.server.model.OpenModel;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Where every head looks in a text. The last texts are kept, so that a view which is opened again need not wait.
public final class Overviews {

    /// Cells along each side of a thumbnail.
    private static final int SIDE = 24;

    private static final int KEPT = 8;

    private final Map<Read, AttentionOverview> known = Collections.synchronizedMap(Recent.map(KEPT));

    private record Read(ModelFacts model, String text) {}

    /// @param model its name; empty for the usual one
    public record AttentionAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String text) {}

    /// @param side cells along each side of a thumbnail
    /// @param cells one byte each, `[layer, head, side, side]`, 255 for a weight of 1, in base64
    /// @param distance `[layer][head]`, how many positions back it looks, on average
    /// @param first `[layer][head]`, the mean weight on position 0
    public record AttentionOverview(
            ModelFacts model,
            List<Token> tokens,
            int side,
            String cells,
            double[][] distance,
            double[][] first,
            double milliseconds) {}

    /// That of a text that is kept.
    Optional<AttentionOverview> known(OpenModel model, String text) {
        return Optional.ofNullable(known.get(new Read(model.facts(), text)));
    }

    /// Reads a text, and keeps what it found.
    ///
    /// @param layers told how many are read
    AttentionOverview read(OpenModel model, String text, IntConsumer layers) {
        long start = System.nanoTime();
        int[] ids = model.model().encode(text).ids();
        Thumbnails found = Thumbnails.read(model.model(), ids, SIDE, layers);
        AttentionOverview overview = new AttentionOverview(
                model.facts(),
                Prompts.tokens(model.model(), ids),
                found.side(),
                bytes(found),
                found.distance(),
                found.first(),
                (System.nanoTime() - start) / 1e6);
        known.put(new Read(model.facts(), text), overview);
        return overview;
    }

    private static String bytes(Thumbnails found) {
        int heads = found.cells().length * found.cells()[0].length;
        ByteBuffer bytes = ByteBuffer.allocate(heads * found.side() * found.side());
        for (float[][] layer : found.cells()) {
            for (float[] head : layer) {
                for (float weight : head) {
                    bytes.put((byte) Math.round(255 * weight));
                }
            }
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
