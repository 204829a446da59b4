package cutaway.server.attention;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Source;
import cutaway.interp.heads.HeadKinds;
import cutaway.interp.heads.JointMap;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Sizes;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.attention.Overviews.AttentionAsked;
import cutaway.server.attention.Overviews.AttentionOverview;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import cutaway.tensor.Scope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The routes of attention.
public final class AttentionAnswers {

    private final Reading reading;
    private final Overviews overviews;

    public AttentionAnswers(Reading reading, Overviews overviews) {
        this.reading = reading;
        this.overviews = overviews;
    }

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

    /// A text that was read before waits for no turn.
    private AttentionOverview overview(AttentionAsked asked) {
        return reading.ready(asked.model(), model -> overviews.known(model, asked.text()))
                .orElseGet(() -> reading.longText(
                        asked.model(),
                        asked.text(),
                        (model, pass) -> overviews.read(model, asked.text(), layers -> pass.run())));
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
