package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RivalsTest {

    private static double squares(Tensor rows) {
        return rows.to(Dtype.F64).square().sum().item();
    }

    /// Eckart and Young: what k components leave is the sum of the other squared singular values.
    @Test
    void componentsLeaveTheOtherSingularValues() {
        try (Scope _ = Scope.open();
                Moments moments = new Moments(11, 11)) {
            Random random = new Random(1);
            Tensor x = random.normal(207, 11)
                    .to(Dtype.F64)
                    .matmul(random.normal(11, 11).to(Dtype.F64))
                    .plus(7);
            moments.add(x.slice(0, 0, 100), x.slice(0, 0, 100));
            moments.add(x.slice(0, 100, 207), x.slice(0, 100, 207));
            double[] singular = LinearAlgebra.svd(x.minus(x.mean(0, true))).s().toDoubles();
            double rest = 0;
            for (int i = 4; i < 11; i++) {
                rest += singular[i] * singular[i];
            }
            try (LinearCoding pca = LinearCoding.fit(moments, true, 4)) {
                Tensor made = pca.decode(pca.encode(x), x);
                assertEquals(rest, squares(x.minus(made)), 1e-8 * rest);
                assertEquals(4, pca.encode(x).width());
            }
        }
    }

    /// An output that is a map of rank 2 of the input is found with two numbers a token, not with one.
    @Test
    void aMapOfRankTwoTakesTwo() {
        try (Scope _ = Scope.open();
                Moments moments = new Moments(9, 6)) {
            Random random = new Random(2);
            Tensor x = random.normal(300, 9).to(Dtype.F64);
            Tensor y = x.matmul(random.normal(9, 2).to(Dtype.F64))
                    .matmul(random.normal(2, 6).to(Dtype.F64))
                    .plus(3);
            moments.add(x, y);
            try (LinearCoding two = LinearCoding.fit(moments, false, 2);
                    LinearCoding one = LinearCoding.fit(moments, false, 1)) {
                double variance = squares(y.minus(y.mean(0, true)));
                assertEquals(0, squares(y.minus(two.decode(two.encode(x), x))), 1e-9 * variance);
                assertTrue(squares(y.minus(one.decode(one.encode(x), x))) > 0.05 * variance);
            }
        }
    }

    /// [5 1] about the mean [1 0] keeps the first coordinate and has the mean in the second.
    @Test
    void neuronsKeepTheFarthestCoordinates() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new float[] {5, 1, -3, -1}, 2, 2);
            try (Dictionary neurons = Rivals.neurons(x, 1)) {
                double[] made = neurons.reconstruct(x).toDoubles();
                assertEquals(5, made[0], 1e-6);
                assertEquals(0, made[1], 1e-6);
                assertEquals(-3, made[2], 1e-6);
                assertEquals(0, made[3], 1e-6);
            }
        }
    }

    /// The factor is the best there is: a little more or less is worse.
    @Test
    void randomDirectionsAreScaledAsWellAsCanBe() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(3).normal(500, 24).plus(1);
            try (Dictionary random = Rivals.random(x, x, 100, 8, 4)) {
                double best = squares(x.minus(random.reconstruct(x)));
                assertTrue(best < squares(x.minus(x.mean(0, true))), "better than the mean");
                for (double factor : new double[] {1.05, 0.95 / 1.05}) {
                    Tensor decoder = random.weights().decoder();
                    decoder.assign(decoder.times(factor));
                    assertTrue(squares(x.minus(random.reconstruct(x))) > best);
                }
                assertEquals(8, random.encode(x).starts()[1]);
            }
        }
    }
}
