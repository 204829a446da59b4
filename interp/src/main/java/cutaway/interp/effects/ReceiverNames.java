package cutaway.interp.effects;

import cutaway.interp.path.Receiver;
import cutaway.tensor.BadInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Receivers as text: `head_q[26.3]`, `head_k[26.1]`, `head_v[26.1]`, `mlp_in[27]`, `logits`.
final class ReceiverNames {

    private static final Pattern HEAD = Pattern.compile("head_([qkv])\\[(\\d{1,6})\\.(\\d{1,6})]");
    private static final Pattern MLP = Pattern.compile("mlp_in\\[(\\d{1,6})]");

    private ReceiverNames() {}

    /// @param layers of the model
    /// @throws BadInputException when it is something else
    static Receiver parse(String text, int layers) {
        Matcher head = HEAD.matcher(text);
        if (head.matches()) {
            int layer = Integer.parseInt(head.group(2));
            int number = Integer.parseInt(head.group(3));
            return switch (head.group(1)) {
                case "q" -> new Receiver.Queries(layer, number);
                case "k" -> new Receiver.Keys(layer, number);
                default -> new Receiver.Values(layer, number);
            };
        }
        Matcher mlp = MLP.matcher(text);
        if (mlp.matches()) {
            return new Receiver.MlpInput(Integer.parseInt(mlp.group(1)));
        }
        if (text.equals("logits")) {
            return new Receiver.Logits(layers);
        }
        throw new BadInputException("no receiver \"" + text
                + "\"; give head_q[LAYER.HEAD], head_k or head_v[LAYER.KVHEAD], mlp_in[LAYER] or logits.");
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
