package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Source;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionRolloutTest {

    /// By hand: two layers of two heads on two tokens. The means over heads are [1 0; .4 .6] and [1 0; .2 .8], with
    /// the residual stream [1 0; .2 .8] and [1 0; .1 .9]; the second times the first has .1 + .9 * .2 = .28 and
    /// .9 * .8 = .72.
    @Test
    void twoLayersByHand() {
        try (Scope _ = Scope.open()) {
            Tensor first = Tensor.of(new double[] {1, 0, 0.8, 0.2, 1, 0, 0, 1}, 2, 2, 2);
            Tensor second = Tensor.of(new double[] {1, 0, 0.3, 0.7, 1, 0, 0.1, 0.9}, 2, 2, 2);
            double[][] rolled = AttentionRollout.product(List.of(first, second));
            assertArrayEquals(new double[] {1, 0}, rolled[0], 1e-12);
            assertArrayEquals(new double[] {0.28, 0.72}, rolled[1], 1e-12);
        }
    }

    @Test
    void sharesAddUpAndNoneComesFromLater() {
        try (Model model = TinyModel.open("llama")) {
            long before = Tensor.live();
            double[][] rolled = AttentionRollout.of(model, Source.of(TinyModel.ids("llama", 0), List.of()));
            assertEquals(before, Tensor.live());
            for (int query = 0; query < rolled.length; query++) {
                assertEquals(1, Arrays.stream(rolled[query]).sum(), 1e-5);
                for (int key = query + 1; key < rolled.length; key++) {
                    assertEquals(0, rolled[query][key]);
                }
            }
        }
    }
}
