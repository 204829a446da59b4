package cutaway.server.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Lab;
import cutaway.lab.Trained;
import cutaway.server.api.Refusal;
import cutaway.server.job.Work;
import cutaway.server.lab.ToyWork.SparsityToy;
import cutaway.server.lab.ToyWork.ToyMoment;
import cutaway.server.lab.ToyWork.ToysAsked;
import cutaway.server.lab.ToyWork.ToysTrained;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToyWorkTest {

    private static final ToysAsked ASKED = new ToysAsked(4, 2, 0.8, 60, 5);

    @TempDir
    private static Path cache;

    /// Whoever listens hears every step; stopping at one stops the training.
    private static final class Heard implements Work.Told {
        private final List<String> said = new ArrayList<>();
        private final int end;

        Heard(int end) {
            this.end = end;
        }

        @Override
        public void at(String step, String done) {
            said.add(done);
            if (said.size() == end) {
                throw new Work.Cancelled();
            }
        }

        @Override
        public void draft(Object known) {
            throw new AssertionError("toys have no drafts");
        }
    }

    /// Turned or not, the dot products of a toy's directions are those of the training, at every moment; norms are
    /// the roots of the diagonal, and dimensionalities follow from the products by hand.
    @Test
    void whatIsShownComputesWhatWasTrained() {
        Lab lab = new Lab(cache);
        ToysTrained found = new ToyWork(lab).run(ASKED, new Heard(-1));
        assertArrayEquals(new double[] {1, 0.8, 0.64, 0.512}, found.importances(), 1e-12);
        try (Trained trained = lab.train(ToyWork.recipe(ASKED), Lab.SILENT);
                Scope _ = Scope.open()) {
            List<Long> steps = List.copyOf(trained.snapshots());
            for (int toy : new int[] {0, 9, 20}) {
                List<ToyMoment> moments = found.toys().get(toy).moments();
                assertEquals(steps, moments.stream().map(ToyMoment::step).toList());
                Tensor w = trained.parameters().get("encoder.0.weight").select(0, toy); // [dimension, feature]
                double[] products = w.transpose(0, 1).matmul(w).toDoubles();
                ToyMoment last = moments.getLast();
                for (int i = 0; i < 4; i++) {
                    double squares = 0;
                    for (int j = 0; j < 4; j++) {
                        float[] one = last.directions()[i];
                        float[] other = last.directions()[j];
                        double product = products[4 * i + j];
                        assertEquals(product, one[0] * other[0] + one[1] * other[1], 1e-5);
                        squares += product * product / products[5 * i];
                    }
                    assertEquals(Math.sqrt(products[5 * i]), last.norms()[i], 1e-5);
                    assertEquals(products[5 * i] / squares, last.dimensionality()[i], 1e-5);
                }
                assertEquals(
                        trained.test().get("loss")[toy], found.toys().get(toy).loss(), 1e-9);
            }
            float[] first = found.toys().getFirst().moments().getLast().directions()[0];
            assertTrue(first[0] > 0 && Math.abs(first[1]) < 1e-5, "the first direction points right");
        }
        assertTrue(found.apart() < found.apartUnturned(), found.apart() + " of " + found.apartUnturned());
        List<Double> densities = found.toys().stream().map(SparsityToy::density).toList();
        assertEquals(densities.stream().sorted().toList().reversed(), densities);
    }

    /// A toy and its mirror image, turned by a third: brought together they lie on each other. A toy with other
    /// products cannot, however it is turned.
    @Test
    void neighboursAreTurnedOntoEachOther() {
        try (Scope _ = Scope.open()) {
            Tensor toy = new Random(3).normal(7, 2).to(Dtype.F64);
            double c = Math.cos(2 * Math.PI / 3);
            double s = Math.sin(2 * Math.PI / 3);
            Tensor mirrored = toy.matmul(Tensor.of(new double[] {c, s, s, -c}, 2, 2));
            Turned same = Turned.of(List.of(toy, mirrored));
            assertEquals(0, same.apart(), 1e-9);
            assertTrue(same.apartUnturned() > 0.5);
            Turned other = Turned.of(List.of(toy, new Random(4).normal(7, 2).to(Dtype.F64)));
            assertTrue(other.apart() > 0.3, "an unlike toy lies " + other.apart() + " apart");
        }
    }

    @Test
    void cancellingStopsAndTheTrainingGoesOnLater() {
        ToysAsked asked = new ToysAsked(3, 1, 1, 40, 0);
        ToyWork work = new ToyWork(new Lab(cache.resolve("cancelled")));
        Heard stopped = new Heard(10);
        assertThrows(Work.Cancelled.class, () -> work.run(asked, stopped));
        assertEquals("10 of 40 steps", stopped.said.getLast());
        assertEquals(21, work.run(asked, new Heard(-1)).toys().size());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 9",
        "21, 2, 1, 9",
        "5, 6, 1, 9",
        "5, 0, 1, 9",
        "3, 4, 1, 9",
        "5, 2, 0, 9",
        "5, 2, 2, 9",
        "5, 2, 1, 0",
        "5, 2, 1, 20001",
        "5, 2, 1, -1"
    })
    void whatTakesTooLongOrMeansNothingIsRefused(int features, int dimensions, double importance, long steps) {
        ToysAsked asked = new ToysAsked(features, dimensions, importance, steps, 0);
        Refusal refusal = assertThrows(Refusal.class, () -> new ToyWork(new Lab(cache)).check(asked));
        assertEquals(400, refusal.status());
        assertTrue(String.valueOf(refusal.getMessage()).contains("; give "), refusal.getMessage());
        new ToyWork(new Lab(cache)).check(new ToysAsked(5, 2, 1, 9, 0));
    }
}
