package cutaway.interp.effects;

import cutaway.interp.path.Receiver;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Receivers as text: `head_q[26.3]`, `head_k[26.1]`, `head_v[26.1]`, `mlp_in[27]`, `logits`.
final class ReceiverNames {

    private static final Pattern HEAD = Pattern.compile("head_([qkv])\\[(\\d{1,6})\\.(\\d{1,6})]");
    private static final Pattern MLP = Pattern.compile("mlp_in\\[(\\d{1,6})]");

    private ReceiverNames() {}

    /// @throws BadInputException when it is something else, or the model has no such receiver
    static Receiver parse(String text, Sizes sizes) {
        Matcher head = HEAD.matcher(text);
        if (head.matches()) {
            int layer = Integer.parseInt(head.group(2));
            int number = Integer.parseInt(head.group(3));
            boolean isQuery = head.group(1).equals("q");
            check(text, layer, number, isQuery ? sizes.heads() : sizes.kvHeads(), sizes);
            return switch (head.group(1)) {
                case "q" -> new Receiver.Queries(layer, number);
                case "k" -> new Receiver.Keys(layer, number);
                default -> new Receiver.Values(layer, number);
            };
        }
        Matcher mlp = MLP.matcher(text);
        if (mlp.matches()) {
            int layer = Integer.parseInt(mlp.group(1));
            check(text, layer, 0, 1, sizes);
            return new Receiver.MlpInput(layer);
        }
        if (text.equals("logits")) {
            return new Receiver.Logits(sizes.layers());
        }
        throw new BadInputException("no receiver \"" + text
                + "\"; give head_q[LAYER.HEAD], head_k or head_v[LAYER.KVHEAD], mlp_in[LAYER] or logits.");
    }

    private static void check(String text, int layer, int part, int parts, Sizes sizes) {
        if (layer >= sizes.layers() || part >= parts) {
            throw new BadInputException("this model has no receiver %s; it has layers 0 to %d%s."
                    .formatted(
                            text,
                            sizes.layers() - 1,
                            text.startsWith("mlp") ? "" : ", and 0 to " + (parts - 1) + " in each"));
        }
    }

    static String kind(Receiver receiver) {
        return switch (receiver) {
            case Receiver.Queries _ -> "head_q";
            case Receiver.Keys _ -> "head_k";
            case Receiver.Values _ -> "head_v";
            case Receiver.MlpInput _ -> "mlp_in";
            case Receiver.Logits _ -> "logits";
        };
    }

    static @Nullable Integer head(Receiver receiver) {
        return switch (receiver) {
            case Receiver.Queries(int _, int head) -> head;
            case Receiver.Keys(int _, int head) -> head;
            case Receiver.Values(int _, int head) -> head;
            case Receiver.MlpInput _, Receiver.Logits _ -> null;
        };
    }
}
