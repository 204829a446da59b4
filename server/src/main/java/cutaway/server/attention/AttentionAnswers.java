package cutaway.server.attention;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.Prompts;
import cutaway.interp.heads.HeadKinds;
import cutaway.interp.heads.JointMap;
import cutaway.interp.heads.Thumbnails;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Sizes;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Recent;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import cutaway.tensor.Scope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The routes of attention.
public final class AttentionAnswers {

    /// Cells along each side of a thumbnail.
    private static final int SIDE = 24;

    /// Texts that were read last, so that a view which is opened again need not wait.
    private static final int KEPT = 8;

    private final Reading reading;
    private final Map<Read, AttentionOverview> known = Collections.synchronizedMap(Recent.map(KEPT));

    private record Read(ModelFacts model, String text) {}

    public AttentionAnswers(Reading reading) {
        this.reading = reading;
    }

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

    public record HeadAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String text,
            int layer,
            int head) {}

    /// @param weights two bytes each, little endian, `[qPos, kPos]`, 65535 for a weight of 1, in base64
    public record HeadPattern(int layer, int head, int length, String weights, double milliseconds) {}

    /// A joint map of queries and keys.
    public record HeadMap(int layer, int head, JointMap map) {}

    public record ModelAsked(@MayBeLeftOut @Nullable String model) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.post(
                        "/api/kinds",
                        "What kinds of heads a model has, in general; measured once.",
                        ModelAsked.class,
                        HeadKinds.class,
                        (asked, at) -> kinds(asked)),
                Route.post(
                        "/api/attention",
                        "Where every head looks in a text, as thumbnails.",
                        AttentionAsked.class,
                        AttentionOverview.class,
                        (asked, at) -> overview(asked)),
                Route.post(
                        "/api/attention/pattern",
                        "The whole pattern of one head on a text.",
                        HeadAsked.class,
                        HeadPattern.class,
                        (asked, at) -> ofHead(asked, (model, ids) -> pattern(model, ids, asked))),
                Route.post(
                        "/api/attention/map",
                        "The queries and keys of one head on one map.",
                        HeadAsked.class,
                        HeadMap.class,
                        (asked, at) -> ofHead(
                                asked,
                                (model, ids) -> new HeadMap(
                                        asked.layer,
                                        asked.head,
                                        JointMap.of(model.model(), ids, asked.layer, asked.head)))));
    }

    private HeadKinds kinds(ModelAsked asked) {
        return reading.atLength(asked.model, (model, pass) -> model.kinds(layers -> pass.run()));
    }

    private AttentionOverview overview(AttentionAsked asked) {
        return reading.longText(asked.model, asked.text, (model, pass) -> {
            Read read = new Read(model.facts(), asked.text);
            AttentionOverview before = known.get(read);
            if (before != null) {
                return before;
            }
            long start = System.nanoTime();
            int[] ids = model.model().encode(asked.text).ids();
            Thumbnails found = Thumbnails.read(model.model(), ids, SIDE, layers -> pass.run());
            AttentionOverview overview = new AttentionOverview(
                    model.facts(),
                    Prompts.tokens(model.model(), ids),
                    found.side(),
                    bytes(found),
                    found.distance(),
                    found.first(),
                    (System.nanoTime() - start) / 1e6);
            known.put(read, overview);
            return overview;
        });
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

    private <T> T ofHead(HeadAsked asked, BiFunction<OpenModel, int[], T> answer) {
        return reading.text(asked.model, asked.text, model -> {
            Sizes sizes = model.model().sizes();
            if (asked.layer < 0 || asked.layer >= sizes.layers() || asked.head < 0 || asked.head >= sizes.heads()) {
                throw new Refusal(
                        400,
                        "there is no head %d in layer %d; this model has layers 0 to %d with heads 0 to %d."
                                .formatted(asked.head, asked.layer, sizes.layers() - 1, sizes.heads() - 1));
            }
            return answer.apply(model, model.model().encode(asked.text).ids());
        });
    }

    private static HeadPattern pattern(OpenModel model, int[] ids, HeadAsked asked) {
        long start = System.nanoTime();
        Site site = new Site.Head(asked.layer, asked.head, HeadPart.PATTERN);
        ByteBuffer bytes = ByteBuffer.allocate(2 * ids.length * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        try (Trace trace = Runs.toLast(model.model(), Source.of(ids, List.of()), List.of(site));
                Scope scope = Scope.open()) {
            for (float weight : trace.at(site).select(0, 0).toFloats()) { // [qPos, kPos]
                bytes.putShort((short) Math.round(65535 * weight));
            }
        }
        return new HeadPattern(
                asked.layer,
                asked.head,
                ids.length,
                Base64.getEncoder().encodeToString(bytes.array()),
                (System.nanoTime() - start) / 1e6);
    }
}
