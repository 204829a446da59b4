package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// What each edit leaves in the residual stream, against arithmetic with doubles: a step through float32 anywhere would
/// leave 1e-8.
class Float64EditsTest {

    private static final Model LLAMA = TinyModel.open("llama", Arithmetic.F64);
    private static final int[] IDS = {3, 41, 59, 26, 5};
    private static final int D = 32;
    private static final Site PRE = new Site.Resid(1, Moment.PRE);
    private static final double[] ROW = new Random(3).doubles(D, -1, 1).toArray();
    private static final Source OTHER = Source.of(new int[] {7, 41, 60, 2, 9}, List.of());

    @AfterAll
    static void close() {
        LLAMA.close();
    }

    @Test
    void editsAreInFloat64() {
        double[] before = read(IDS, List.of());
        double[] there = read(OTHER.ids(LLAMA), List.of());
        double along = sum(d -> before[2 * D + d] * ROW[d]) / sum(d -> ROW[d] * ROW[d]);
        at2(new Edit.Replace(PRE, Positions.of(2), Values.of(ROW)), d -> ROW[d]);
        at2(new Edit.Add(PRE, Positions.of(2), Values.of(ROW)), d -> before[2 * D + d] + ROW[d]);
        at2(new Edit.Scale(PRE, Positions.of(2), 0.1), d -> before[2 * D + d] * 0.1);
        at2(new Edit.Patch(PRE, Positions.of(2), OTHER), d -> there[2 * D + d]);
        at2(new Edit.ProjectOut(PRE, Positions.of(2), Values.of(ROW)), d -> before[2 * D + d] - along * ROW[d]);
        at2(new Edit.Mean(PRE, Positions.of(2), List.of(OTHER)), d -> {
            double mean = 0;
            for (int pos = 0; pos < IDS.length; pos++) {
                mean += there[pos * D + d] / IDS.length;
            }
            return mean;
        });
    }

    private static void at2(Edit edit, IntToDoubleFunction expected) {
        double[] row = new double[D];
        Arrays.setAll(row, expected);
        double[] found = read(IDS, List.of(edit));
        assertArrayEquals(row, Arrays.copyOfRange(found, 2 * D, 3 * D), 1e-14, edit.toString());
    }

    @Test
    void aProjectionIsReadInFloat64() {
        double[] stream = read(IDS, List.of());
        double expected = sum(d -> stream[2 * D + d] * ROW[d]);
        Metric metric = new Metric.Projection(PRE, Positions.of(2), Values.of(ROW));
        assertEquals(expected, Runs.measure(LLAMA, IDS, List.of(), metric), 1e-14);
    }

    private static double sum(IntToDoubleFunction term) {
        double sum = 0;
        for (int d = 0; d < D; d++) {
            sum += term.applyAsDouble(d);
        }
        return sum;
    }

    /// `[pos, dModel]`
    private static double[] read(int[] ids, List<Edit> edits) {
        try (Trace trace = Runs.run(LLAMA, Batch.of(ids), edits, List.of(PRE));
                Tensor value = trace.at(PRE)) {
            return value.toDoubles();
        }
    }

    @Test
    void aDirectionToProjectOutLeavesNothingBehind() {
        read(IDS, List.of(new Edit.ProjectOut(PRE, Positions.of(2), Values.of(ROW))));
        long before = Tensor.live();
        read(IDS, List.of(new Edit.ProjectOut(PRE, Positions.of(2), Values.of(ROW))));
        assertEquals(before, Tensor.live());
    }
}
