package cutaway.lab.net;

import cutaway.model.parts.Point;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;

/// A tap of the lab inside of a model.
record InsideTap(Tap tap, long instances) implements cutaway.model.parts.Tap {

    /// What a model is to be run with so that a net's tap sees its values.
    static cutaway.model.parts.Tap of(Tap tap, long instances) {
        return tap.equals(Tap.NONE) ? cutaway.model.parts.Tap.NONE : new InsideTap(tap, instances);
    }

    @Override
    public Tensor at(Point point, Tensor value) {
        String kind = point.kind().name().toLowerCase(Locale.ROOT);
        String name = point.kind().inBlock() ? "blocks." + point.layer() + "." + kind : kind;
        long[] dims = value.shape().dims();
        long[] apart = LongStream.concat(
                        LongStream.of(instances, dims[0] / instances), Arrays.stream(dims, 1, dims.length))
                .toArray();
        Tensor offered = value.reshape(apart);
        Tensor given = tap.at(name, offered);
        return given == offered ? value : given.reshape(dims);
    }
}
