package cutaway.interp.relations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.run.Jacobian;
import cutaway.interp.run.Jacobian.Expansion;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinearRelationTest {

    private static final int D = 12;

    @Test
    void anAffineFunctionIsItsOwnRelation() {
        try (Scope _ = Scope.open()) {
            Tensor map = new Random(1).normal(D, D);
            Tensor offset = new Random(2).normal(D);
            LinearRelation found = LinearRelation.of(
                    expansions(x -> x.matmul(map.transpose(0, 1)).plus(offset), 3), 1);
            assertArrayEquals(map.toFloats(), found.weight(), 1e-5f);
            assertArrayEquals(offset.toFloats(), found.bias(), 1e-4f);
            Tensor subjects = new Random(9).normal(4, D);
            assertArrayEquals(
                    subjects.matmul(map.transpose(0, 1)).plus(offset).toFloats(),
                    found.objects(subjects).toFloats(),
                    1e-4f);
        }
    }

    @Test
    void theMapTurnedRoundLeadsToTheChange() {
        try (Scope _ = Scope.open()) {
            Tensor map = new Random(1).normal(D, D);
            LinearRelation relation = LinearRelation.of(expansions(x -> x.matmul(map.transpose(0, 1)), 2), 1);
            double[] change = new Random(5).normal(D).toDoubles();
            double[] step = relation.inverse().of(change, D);
            double[] moved = map.to(cutaway.tensor.Dtype.F64)
                    .matmul(Tensor.of(step, D, 1))
                    .squeeze(1)
                    .toDoubles();
            assertArrayEquals(change, moved, 1e-3);
            assertTrue(norm(relation.inverse().of(change, 3)) < norm(step), "few directions lead less far");
        }
    }

    @Test
    void aRandomMapHasTheSameSingularValues() {
        try (Scope _ = Scope.open()) {
            Tensor map = new Random(1).normal(D, D);
            LinearRelation relation = LinearRelation.of(expansions(x -> x.matmul(map.transpose(0, 1)), 2), 1);
            LinearRelation.Inverse random = relation.inverse().random(3);
            assertArrayEquals(relation.inverse().s(), random.s());
            double along = 0;
            for (int i = 0; i < D; i++) {
                along += random.u()[i * D] * relation.inverse().u()[i * D];
            }
            assertEquals(0, along, 0.9);
        }
    }

    private static List<Expansion> expansions(java.util.function.UnaryOperator<Tensor> of, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Jacobian.of(of, new Random(20 + i).normal(D)))
                .toList();
    }

    private static double norm(double[] vector) {
        return Math.sqrt(java.util.Arrays.stream(vector).map(x -> x * x).sum());
    }
}
