package cutaway.interp.run;

import cutaway.interp.edit.Metric;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Point.Place;
import cutaway.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The last block as a metric needs it that reads the logits of the last position: of every position keys and values,
/// and what they are made of; of all that comes behind them, from the queries on, the last position alone.
///
/// @param layer its number
/// @param ofLast the values of which the last position is enough; none where the metric reads other positions too
record LastBlock(int layer, Set<Kind> ofLast) {

    /// @param length tokens of the prompt
    static LastBlock of(Metric metric, Sizes sizes, int length) {
        Set<Kind> ofLast = EnumSet.noneOf(Kind.class);
        if (metric.logitPositions(length).equals(List.of(length - 1))) {
            Dataflow flow = new Dataflow(sizes.wiring());
            ofLast.addAll(sizes.wiring().block());
            ofLast.removeIf(flow::isSeenFromOtherPositions);
        }
        return new LastBlock(sizes.layers() - 1, ofLast);
    }

    /// All of it.
    static LastBlock whole(Sizes sizes) {
        return new LastBlock(sizes.layers() - 1, Set.of());
    }

    /// Whether it leaves the last position alone.
    boolean isNarrow() {
        return !ofLast.isEmpty();
    }

    /// Whether a block is this one, and leaves the last position alone.
    boolean isNarrowAt(int block) {
        return block == layer && isNarrow();
    }

    /// Whether the last position of a value is enough.
    boolean isOfLast(Point point) {
        return point.kind().inBlock() ? point.layer() == layer && ofLast.contains(point.kind()) : isOfLastBehind(point);
    }

    private boolean isOfLastBehind(Point point) {
        return point.kind().place() == Place.AFTER && isNarrow();
    }

    /// Positions that a row computes, counted in every block; in the last one, those that it leaves.
    ///
    /// @param from the first block
    /// @param positions of the row
    long layerPositions(int from, int positions) {
        long whole = (long) (layer + 1 - Math.max(0, from)) * positions;
        return isNarrow() && from <= layer ? whole - positions + 1 : whole;
    }

    /// A gradient at a value, with all positions of the pass: at those that were not computed it is 0.
    ///
    /// @param gradient in the shape of the value, as it was computed
    /// @param length positions of the pass
    Tensor atAll(Tensor gradient, Point point, int length) {
        int axis = point.kind().axes() == Axes.PAIR ? 2 : 1;
        if (!isOfLast(point) || gradient.dim(axis) == length) {
            return gradient;
        }
        long[] before = gradient.shape().dims();
        before[axis] = length - 1L;
        return Tensor.cat(List.of(Tensor.full(0, gradient.dtype(), before), gradient), axis);
    }
}
