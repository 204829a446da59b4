package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Jacobian.Expansion;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JacobianTest {

    private static final int[] IDS = {3, 41, 59, 26, 5};
    private static final Site END = new Site.Resid(2, Moment.POST);

    /// Central differences along random directions, through edits of whole runs, in float64.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2", "gpt-neox"})
    void itIsTheSlopeOfTheEnd(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64);
                Scope _ = Scope.open()) {
            for (int position : new int[] {1, IDS.length - 1}) {
                List<Expansion> found = Jacobian.of(model, IDS, position, List.of(0, 1), _ -> {});
                for (Expansion one : found) {
                    Tensor v = new Random(position).normal(one.state().dim(0)).to(Dtype.F64);
                    double step = 1e-5;
                    Tensor slope = end(model, one.layer(), position, v.times(step))
                            .minus(end(model, one.layer(), position, v.times(-step)))
                            .over(2 * step);
                    assertArrayEquals(
                            slope.toDoubles(),
                            one.jacobian().matmul(v.unsqueeze(1)).squeeze(1).toDoubles(),
                            1e-6 * (1 + slope.norm()),
                            name + " after block " + one.layer() + " at " + position);
                    assertArrayEquals(
                            end(model, one.layer(), position, v.times(0)).toDoubles(),
                            one.end().toDoubles(),
                            1e-9);
                }
            }
        }
    }

    private static Tensor end(Model model, int layer, int position, Tensor added) {
        Edit edit = new Edit.Add(new Site.Resid(layer, Moment.POST), Positions.of(position), Values.of(added));
        try (Trace trace = Runs.run(model, Batch.of(IDS), List.of(edit), List.of(END))) {
            return Scope.keep(
                    () -> trace.at(END).select(0, 0).select(0, IDS.length - 1).copy());
        }
    }

    @Test
    void ofAFunctionItIsItsSlope() {
        try (Scope _ = Scope.open()) {
            Tensor map = new Random(1).normal(5, 5).to(Dtype.F64);
            Tensor state = new Random(2).normal(5).to(Dtype.F64);
            Expansion found = Jacobian.of(x -> x.matmul(map.transpose(0, 1)).plus(3), state);
            assertArrayEquals(map.toDoubles(), found.jacobian().toDoubles(), 1e-12);
            assertArrayEquals(
                    map.matmul(state.unsqueeze(1)).squeeze(1).plus(3).toDoubles(),
                    found.end().toDoubles(),
                    1e-12);
        }
    }

    @Test
    void whatThereIsNotIsRefused() {
        try (Model model = TinyModel.open("llama")) {
            assertThrows(BadInputException.class, () -> Jacobian.of(model, IDS, 5, List.of(0), _ -> {}));
            assertThrows(BadInputException.class, () -> Jacobian.of(model, IDS, 0, List.of(2), _ -> {}));
            assertThrows(BadInputException.class, () -> Jacobian.of(model, IDS, 0, List.of(1, 0), _ -> {}));
        }
    }

    @Test
    void itLeavesNoMemoryBehind() {
        try (Model model = TinyModel.open("llama")) {
            long before = Tensor.live();
            for (int i = 0; i < 20; i++) {
                try (Scope _ = Scope.open()) {
                    Jacobian.of(model, IDS, 2, List.of(0, 1), _ -> {});
                }
            }
            assertEquals(before, Tensor.live());
        }
    }
}
