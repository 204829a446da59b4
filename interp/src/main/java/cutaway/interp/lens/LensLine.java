package cutaway.interp.lens;

import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a layer says of the next token after a prompt, by the logit lens and by a tuned one.
///
/// @param layer whose incoming residual stream is read; as many as the model has for its end
/// @param logitLens without a map
/// @param tunedLens null at the model's end
public record LensLine(int layer, Said logitLens, @Nullable Said tunedLens) {

    /// @param token the likeliest
    /// @param probability of it
    /// @param answer probability of the token that the model says at its end
    /// @param divergence KL from what the model says at its end, in nats
    public record Said(int token, double probability, double answer, double divergence) {}

    /// At the last position of a prompt, the layers of the lens and the model's end.
    public static List<LensLine> read(Model model, int[] ids, TunedLens lens) {
        lens.check(model);
        List<Integer> layers = lens.facts().layers();
        try (Scope _ = Scope.open()) {
            LensReading reading = LensReading.of(model, List.of(ids), layers);
            Tensor said = last(reading.said());
            int answer = (int) said.argmax(-1).toLongs()[0];
            List<LensLine> lines = new ArrayList<>();
            for (int at = 0; at < layers.size(); at++) {
                int layer = layers.get(at);
                Tensor hidden = last(reading.hidden().get(at));
                lines.add(new LensLine(
                        layer,
                        said(said, LensReading.says(model, hidden), answer),
                        said(said, LensReading.says(model, lens.translate(layer, hidden)), answer)));
            }
            lines.add(new LensLine(model.sizes().layers(), said(said, said, answer), null));
            return lines;
        }
    }

    private static Tensor last(Tensor rows) {
        return rows.slice(0, rows.dim(0) - 1, rows.dim(0));
    }

    private static Said said(Tensor model, Tensor lens, int answer) {
        int top = (int) lens.argmax(-1).toLongs()[0];
        return new Said(
                top,
                Math.exp(lens.select(1, top).item()),
                Math.exp(lens.select(1, answer).item()),
                LensReading.divergence(model, lens).item());
    }
}
