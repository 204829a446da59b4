package cutaway.studies.lrerelations;

import cutaway.interp.relations.LinearRelation;
import cutaway.interp.run.Jacobian;
import cutaway.interp.run.Jacobian.Expansion;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Functions of a subject whose truth is known, measured as a model's are: one is affine but for a bend; of the other,
/// the object is the exclusive or of two of the subject's directions.
final class PlantedRelation {

    private static final int D = 48;
    private static final int OBJECTS = 8;
    private static final int EXAMPLES = 5;
    private static final int SUBJECTS = 200;
    private static final double BEND = 0.3;
    private static final double STEEP = 4;

    private final Tensor map;
    private final Tensor offset;
    private final Tensor objects; // [object, D]
    private final Random random;

    private PlantedRelation(long seed) {
        random = new Random(seed + 300);
        map = random.normal(D, D).over(Math.sqrt(D));
        offset = random.normal(1, D).times(0.3);
        objects = random.normal(OBJECTS, D);
    }

    /// @param cosine of the map that was found with the true one
    /// @param affine share of subjects on which map and function have the same object
    /// @param exclusive the same, of the exclusive or; half is chance
    record Found(double cosine, double affine, double exclusive) {}

    static Found of(long seed) {
        return of(seed, example -> example);
    }

    /// @param seen makes of an example's expansion what the method gets to see
    static Found of(long seed, UnaryOperator<Expansion> seen) {
        return Scope.free(() -> new PlantedRelation(seed).found(seen));
    }

    private Found found(UnaryOperator<Expansion> seen) {
        LinearRelation affine = LinearRelation.of(examples(this::affine, seen), 1);
        Tensor given = affine.map();
        double cosine = given.times(map).sum().item() / (given.norm() * map.norm());
        LinearRelation exclusive = LinearRelation.of(examples(this::exclusive, seen), 1);
        Tensor subjects = random.normal(SUBJECTS, D);
        return new Found(
                cosine,
                same(objects, affine(subjects), affine.objects(subjects)),
                same(objects.slice(0, 0, 2), exclusive(subjects), exclusive.objects(subjects)));
    }

    private List<Expansion> examples(UnaryOperator<Tensor> function, UnaryOperator<Expansion> seen) {
        List<Expansion> examples = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            examples.add(seen.apply(Jacobian.of(function, random.normal(D))));
        }
        return examples;
    }

    /// `A x + b`, bent a little.
    private Tensor affine(Tensor x) {
        Tensor straight = x.matmul(map.transpose(0, 1));
        return straight.plus(straight.sin().times(BEND)).plus(offset);
    }

    /// The first object where two numbers of x have one sign, the second where they have two.
    private Tensor exclusive(Tensor x) {
        Tensor sign = x.slice(1, 0, 1)
                .times(STEEP)
                .tanh()
                .times(x.slice(1, 1, 2).times(STEEP).tanh());
        Tensor first = objects.slice(0, 0, 1);
        Tensor second = objects.slice(0, 1, 2);
        return sign.plus(1)
                .times(0.5)
                .times(first)
                .plus(sign.minus(1).times(-0.5).times(second));
    }

    private static double same(Tensor objects, Tensor one, Tensor other) {
        return read(objects, one)
                .equalTo(read(objects, other))
                .to(Dtype.F32)
                .mean()
                .item();
    }

    private static Tensor read(Tensor objects, Tensor ends) {
        return ends.matmul(objects.transpose(0, 1)).argmax(-1);
    }
}
