package cutaway.model.export;

import cutaway.model.Model;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Block;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.model.parts.Scores;
import cutaway.model.parts.Transformer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a transformer's parts say about the settings that it was made from.
///
/// @param context most positions it was made for, without the room that a growing rotary base makes
record Facts(Transformer transformer, int context) {

    static Facts of(Model model) {
        Transformer transformer = model.transformer();
        Rotary rotary = transformer.blocks().getFirst().attention().rotary();
        int context = rotary != null && rotary.scaling() instanceof RotaryScaling.Dynamic(double _, long made)
                ? (int) made
                : model.sizes().context();
        return new Facts(transformer, context);
    }

    Block first() {
        return transformer.blocks().getFirst();
    }

    int layers() {
        return transformer.blocks().size();
    }

    int dModel() {
        return (int) transformer.embedding().tokens().in();
    }

    int vocab() {
        return (int) transformer.embedding().tokens().out();
    }

    int heads() {
        return first().attention().heads();
    }

    int kvHeads() {
        return first().attention().kvHeads();
    }

    int dHead() {
        return (int) first().attention().dHead();
    }

    int dMlp() {
        return (int) first().mlp().dMlp();
    }

    double epsilon() {
        return transformer.finalNorm().epsilon();
    }

    boolean isTied() {
        return Slot.isTied(transformer);
    }

    Activation activation() {
        return switch (first().mlp()) {
            case Mlp.PlainMlp mlp -> mlp.activation();
            case Mlp.GatedMlp mlp -> mlp.activation();
        };
    }

    List<Scores> scores() {
        return transformer.blocks().stream()
                .map(block -> block.attention().scores())
                .toList();
    }

    /// Positions that a query sees in each layer; 0 for all, also where the window is as wide as the context.
    List<Integer> windows() {
        return scores().stream().map(scores -> window(scores, context)).toList();
    }

    static int window(Scores scores, int context) {
        return scores.window() >= context ? 0 : scores.window();
    }

    /// The window of the layers that have one; 0 where none has.
    int window() {
        return windows().stream().filter(window -> window > 0).findFirst().orElse(0);
    }

    /// As [#windows()], but as the model has them, however wide.
    List<Integer> statedWindows() {
        return scores().stream().map(Scores::window).toList();
    }

    /// As [#window()], but as the model has it, however wide.
    int statedWindow() {
        return statedWindows().stream().filter(window -> window > 0).findFirst().orElse(0);
    }

    /// The rotary embedding of a layer that sees everything, else of any; null in a model with learned positions.
    @Nullable
    Rotary rotary() {
        return rotary(0);
    }

    /// The rotary embedding of a layer with a window, else of any.
    @Nullable
    Rotary windowedRotary() {
        return rotary(statedWindow());
    }

    private @Nullable Rotary rotary(int window) {
        int layer = Math.max(0, statedWindows().indexOf(window));
        return transformer.blocks().get(layer).attention().rotary();
    }

    /// Whether attention's maps have a bias.
    boolean hasAttentionBias() {
        return Stream.of(first().attention().q(), first().attention().out()).anyMatch(map -> map.bias() != null);
    }

    boolean hasMlpBias() {
        return first().mlp().linears().stream().map(Linear::bias).anyMatch(bias -> bias != null);
    }

    boolean hasQkNorms() {
        return first().attention().norm() != null;
    }

    boolean isParallel() {
        return first() instanceof Block.Parallel;
    }
}
