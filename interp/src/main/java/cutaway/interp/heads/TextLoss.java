package cutaway.interp.heads;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.stream.IntStream;

/// How well a model foretells texts, by text.
public final class TextLoss {

    private TextLoss() {}

    /// The mean log probability of the tokens from the second on, in nats: the loss with the other sign.
    ///
    /// @param batch of texts with two tokens or more, padded on the right
    /// @param tap through which the model is run
    public static double[] gain(Model model, Batch batch, Tap tap) {
        return Scope.free(() -> {
            Tensor said = model.forward(batch, tap).to(Dtype.F32).logSoftmax(-1); // [batch, pos, vocab]
            return IntStream.range(0, batch.size())
                    .mapToDouble(row -> {
                        int[] ids = batch.ids().get(row);
                        int length = batch.promptLength(row);
                        long[] next = IntStream.range(1, length)
                                .mapToLong(pos -> ids[pos])
                                .toArray();
                        return said.select(0, row)
                                .slice(0, 0, length - 1)
                                .gather(1, Tensor.of(next, next.length, 1))
                                .mean()
                                .item();
                    })
                    .toArray();
        });
    }
}
