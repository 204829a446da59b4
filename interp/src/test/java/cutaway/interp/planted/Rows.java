package cutaway.interp.planted;

import cutaway.interp.effects.Effect;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.Question.Path;
import cutaway.interp.planted.Sites.Cell;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/// Questions as pairs of prompts in words, and rows of a sweep as sites.
final class Rows {

    private Rows() {}

    static PromptPair pair(Question question) {
        return PromptPair.of(
                words(question.prompt()),
                words(question.contrast()),
                " t" + question.metric().answer(),
                " t" + question.metric().rival());
    }

    static String words(int... ids) {
        return Arrays.stream(ids).mapToObj(id -> "t" + id).collect(Collectors.joining(" "));
    }

    /// What a row is about; at position 0 where it is about all.
    static Cell cell(Effect row) {
        return new Cell(site(row), row.position() == null ? 0 : row.position());
    }

    private static Site site(Effect row) {
        int layer = row.layer() == null ? 0 : row.layer();
        String part = row.site().replaceFirst("^[a-z]+_", "").toUpperCase(Locale.ROOT);
        return switch (row.site()) {
            case "embed" -> new Site.Embed();
            case "attn_out" -> new Site.AttnOut(layer);
            case "mlp_out" -> new Site.MlpOut(layer);
            case String resid when resid.startsWith("resid") -> new Site.Resid(layer, Moment.valueOf(part));
            case String head
            when head.startsWith("head") ->
                new Site.Head(layer, Objects.requireNonNull(row.head()), HeadPart.valueOf(part));
            default -> new Site.Neuron(layer, Objects.requireNonNull(row.neuron()), NeuronPart.valueOf(part));
        };
    }

    /// @param layers of the model
    static Path path(Effect row, int layers) {
        int layer = row.receiverLayer() == null ? layers : row.receiverLayer();
        int head = row.receiverHead() == null ? 0 : row.receiverHead();
        return new Path(
                site(row),
                switch (Objects.requireNonNull(row.receiver())) {
                    case "head_q" -> new Receiver.Queries(layer, head);
                    case "head_k" -> new Receiver.Keys(layer, head);
                    case "head_v" -> new Receiver.Values(layer, head);
                    case "mlp_in" -> new Receiver.MlpInput(layer);
                    default -> new Receiver.Logits(layer);
                });
    }

    static String name(Receiver receiver) {
        return switch (receiver) {
            case Receiver.Queries(int layer, int head) -> "head_q[" + layer + "." + head + "]";
            case Receiver.Keys(int layer, int head) -> "head_k[" + layer + "." + head + "]";
            case Receiver.Values(int layer, int head) -> "head_v[" + layer + "." + head + "]";
            case Receiver.MlpInput(int layer) -> "mlp_in[" + layer + "]";
            case Receiver.Logits _ -> "logits";
        };
    }
}
