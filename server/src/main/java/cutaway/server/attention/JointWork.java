package cutaway.server.attention;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.Prompts;
import cutaway.interp.heads.HeadTexts;
import cutaway.interp.heads.JointScaling;
import cutaway.interp.heads.JointThumbnails;
import cutaway.interp.prompts.TextSplit;
import cutaway.server.api.Limits;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The joint maps of all heads over many texts as small pictures, as a job.
public final class JointWork implements Work<JointWork.JointAsked, JointWork.JointOverview> {

    private static final Kind<JointAsked, JointOverview> KIND = new Kind<>(
            "joint", "the queries and keys of all heads over many texts", JointAsked.class, JointOverview.class);

    /// Cells along each side of a picture.
    private static final int SIDE = 24;

    private final OpenModels models;
    private final Limits limits;

    public JointWork(OpenModels models, Limits limits) {
        this.models = models;
        this.limits = limits;
    }

    /// @param model its name; empty for the usual one
    /// @param split what of the text is read by itself
    public record JointAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String text,
            @JsonProperty(required = true) TextSplit split) {}

    /// @param sentences the texts that are read each by itself
    /// @param texts the tokens of each
    /// @param side cells along each side of a picture
    /// @param queries one byte each, `[layer, head, side, side]`, the root of how many lie there, 255 for the
    ///     most of queries or keys of the head, in base64
    /// @param keys as queries
    /// @param c `[layer][head]`, by which queries are multiplied and keys divided
    /// @param correlation `[layer][head]`, of `-distance` and score, scaled
    /// @param unscaled `[layer][head]`, the same with c = 1
    /// @param better heads in which it is larger scaled
    /// @param drift the largest change of an attention weight by moving and scaling
    public record JointOverview(
            ModelFacts model,
            List<String> sentences,
            List<List<Token>> texts,
            int side,
            String queries,
            String keys,
            double[][] c,
            double[][] correlation,
            double[][] unscaled,
            int better,
            double drift) {}

    @Override
    public Kind<JointAsked, JointOverview> kind() {
        return KIND;
    }

    @Override
    public void check(JointAsked asked) {
        JointTexts.check(asked.text);
    }

    @Override
    public JointOverview run(JointAsked asked, Told told) {
        try (OpenModels.Lease lease = models.use(asked.model)) {
            OpenModel model = lease.model();
            List<int[]> ids = JointTexts.ids(model.model(), asked.text, asked.split, limits);
            int layers = model.model().sizes().layers();
            AtomicInteger done = new AtomicInteger();
            JointThumbnails found = JointThumbnails.read(
                    model.model(),
                    new HeadTexts(model.model(), ids),
                    SIDE,
                    () -> told.at("read queries and keys", done.get() + " of " + layers + " layers"),
                    done::set);
            return new JointOverview(
                    model.facts(),
                    asked.split.of(asked.text),
                    ids.stream()
                            .map(text -> Prompts.tokens(model.model(), text))
                            .toList(),
                    found.side(),
                    bytes(found.queries(), found),
                    bytes(found.keys(), found),
                    each(found, JointScaling::c),
                    each(found, JointScaling::correlation),
                    each(found, JointScaling::unscaled),
                    found.better(),
                    found.scalings().stream()
                            .flatMap(List::stream)
                            .mapToDouble(JointScaling::drift)
                            .max()
                            .orElse(0));
        }
    }

    private static double[][] each(JointThumbnails found, ToDoubleFunction<JointScaling> part) {
        return found.scalings().stream()
                .map(layer -> layer.stream().mapToDouble(part).toArray())
                .toArray(double[][]::new);
    }

    private static String bytes(float[][][] counts, JointThumbnails of) {
        int cells = of.side() * of.side();
        ByteBuffer bytes = ByteBuffer.allocate(counts.length * counts[0].length * cells);
        for (int layer = 0; layer < counts.length; layer++) {
            for (int head = 0; head < counts[layer].length; head++) {
                float most = 0;
                for (int cell = 0; cell < cells; cell++) {
                    most = Math.max(most, Math.max(of.queries()[layer][head][cell], of.keys()[layer][head][cell]));
                }
                for (float count : counts[layer][head]) {
                    bytes.put((byte) Math.round(255 * Math.sqrt(count / most)));
                }
            }
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
