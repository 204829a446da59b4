package cutaway.server.attention;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.heads.HeadTexts;
import cutaway.interp.heads.JointCloud;
import cutaway.interp.heads.JointCloud.Layout;
import cutaway.interp.heads.JointScaling;
import cutaway.interp.heads.QueryKeys;
import cutaway.interp.prompts.TextSplit;
import cutaway.model.Sizes;
import cutaway.server.api.Limits;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The queries and keys of one head over many texts.
public final class JointAnswers {

    /// Layers whose queries and keys are kept for the next question; of 10,000 tokens of the default model 30
    /// MB each.
    private static final int KEPT = 2;

    /// Positions of the mean pattern, at most.
    private static final int MOST_SPAN = 48;

    private final Reading reading;
    private final Limits limits;
    private final Map<Texts, List<QueryKeys>> layers = new LinkedHashMap<>();

    /// @param sha256 of the model's weights
    private record Texts(String sha256, String text, TextSplit split, int layer) {}

    public JointAnswers(Reading reading, Limits limits) {
        this.reading = reading;
        this.limits = limits;
    }

    /// @param model its name; empty for the usual one
    /// @param split what of the text is read by itself
    /// @param seed of the layout
    public record JointHeadAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String text,
            @JsonProperty(required = true) TextSplit split,
            int layer,
            int head,
            @JsonProperty(required = true) Layout layout,
            long seed) {}

    /// @param rows tokens of all texts, one behind another
    /// @param places four bytes each, little endian floats, `[2 row, 2]`, queries and then keys, in base64
    /// @param norms the same, `[2 row]`, before moving and scaling
    /// @param share of the variance that the first two principal components keep
    /// @param onMap correlation of `-distance` on the map and score
    /// @param trustworthiness whether neighbours on the map are neighbours: 1 at best, 0.5 by chance
    /// @param span positions of the mean pattern
    /// @param mean two bytes each, little endian, `[span, span]`, the mean weight over the texts that are so
    ///     long, 65535 for 1, in base64
    public record JointHead(
            int layer,
            int head,
            Layout layout,
            int rows,
            String places,
            String norms,
            JointScaling scaling,
            double share,
            double onMap,
            double trustworthiness,
            int span,
            String mean,
            double milliseconds) {}

    public List<Route<?, ?>> routes() {
        return List.of(Route.post(
                "/api/joint/head",
                "The queries and keys of one head over many texts on one map.",
                JointHeadAsked.class,
                JointHead.class,
                (asked, at) -> head(asked)));
    }

    private JointHead head(JointHeadAsked asked) {
        JointTexts.check(asked.text);
        return reading.atLength(asked.model, (model, pass) -> {
            long start = System.nanoTime();
            Sizes sizes = model.model().sizes();
            if (asked.layer < 0 || asked.layer >= sizes.layers() || asked.head < 0 || asked.head >= sizes.heads()) {
                throw new Refusal(
                        400,
                        "there is no head %d in layer %d; this model has layers 0 to %d with heads 0 to %d."
                                .formatted(asked.head, asked.layer, sizes.layers() - 1, sizes.heads() - 1));
            }
            QueryKeys head = layer(model, asked, pass).get(asked.head);
            JointCloud cloud = JointCloud.of(head, asked.layout, asked.seed, pass);
            double[] places = new double[2 * cloud.places().length];
            for (int i = 0; i < places.length; i++) {
                places[i] = cloud.places()[i / 2][i % 2];
            }
            int span = span(head);
            return new JointHead(
                    asked.layer,
                    asked.head,
                    asked.layout,
                    head.rows(),
                    floats(places),
                    floats(cloud.norms()),
                    cloud.scaling(),
                    cloud.share(),
                    cloud.onMap(),
                    cloud.trustworthiness(),
                    span,
                    mean(head, span),
                    (System.nanoTime() - start) / 1e6);
        });
    }

    /// Not for two threads at once: only the desk's slow one asks.
    private List<QueryKeys> layer(OpenModel model, JointHeadAsked asked, Runnable pass) {
        Texts key = new Texts(model.facts().sha256(), asked.text, asked.split, asked.layer);
        List<QueryKeys> kept = layers.remove(key);
        if (kept == null) {
            kept = new HeadTexts(model.model(), JointTexts.ids(model.model(), asked.text, asked.split, limits))
                    .layer(asked.layer, pass);
        }
        if (layers.size() >= KEPT) {
            layers.remove(layers.keySet().iterator().next());
        }
        layers.put(key, kept); // the last one asked for stands at the end
        return kept;
    }

    private static String floats(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putFloat((float) value);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    /// The positions that at least two texts have, or the one.
    private static int span(QueryKeys head) {
        int[] lengths = new int[head.texts()];
        for (int text = 0; text < lengths.length; text++) {
            lengths[text] = head.ends()[text] - head.start(text);
        }
        Arrays.sort(lengths);
        return Math.min(MOST_SPAN, lengths[Math.max(0, lengths.length - 2)]);
    }

    private static String mean(QueryKeys head, int span) {
        double[] sums = new double[span * span];
        int[] counts = new int[span];
        for (int text = 0; text < head.texts(); text++) {
            int length = head.ends()[text] - head.start(text);
            float[] pattern = head.pattern(text);
            for (int query = 0; query < Math.min(span, length); query++) {
                counts[query]++;
                for (int key = 0; key < Math.min(span, length); key++) {
                    sums[query * span + key] += pattern[query * length + key];
                }
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(2 * sums.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < sums.length; i++) {
            bytes.putShort((short) Math.round(65535 * sums[i] / Math.max(1, counts[i / span])));
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
