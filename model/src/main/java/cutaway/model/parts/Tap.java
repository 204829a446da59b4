package cutaway.model.parts;

import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.function.Supplier;

/// The one way into a running model: sees each value as it is computed, and may put another in its place.
public interface Tap {

    /// Changes nothing.
    Tap NONE = (point, value) -> value;

    /// Called once for each point of a forward pass, in order.
    ///
    /// The pass may free the value as soon as it has no more use for it: who wants to keep it takes an alias.
    ///
    /// @param value what the model computed; the shape is [Kind]'s
    /// @return what the model goes on with: the same tensor, or another of the same shape
    Tensor at(Point point, Tensor value);

    /// Called for a value that takes more than a step to compute: a tap that knows it already spares the model that.
    ///
    /// @param value computes it
    /// @return as [#at(Point, Tensor)]
    default Tensor at(Point point, Supplier<Tensor> value) {
        return at(point, value.get());
    }

    /// Whether to compute [Kind#RESULT], which costs memory and time, in this layer.
    default boolean wantsResult(int layer) {
        return false;
    }

    /// The taps of one block.
    default InLayer inLayer(int layer) {
        return new InLayer(this, layer);
    }

    /// A tap bound to a layer, so that the parts of a block need not know where they stand.
    record InLayer(Tap tap, int layer) {
        Tensor at(Kind kind, Tensor value) {
            return tap.at(new Point(kind, layer), value);
        }

        /// What it took to compute the value is freed.
        Tensor at(Kind kind, Supplier<Tensor> value) {
            return Scope.keep(() -> tap.at(new Point(kind, layer), value));
        }

        /// Whether nobody looks.
        boolean isNone() {
            return tap.equals(NONE);
        }

        boolean wantsResult() {
            return tap.wantsResult(layer);
        }
    }
}
