package cutaway.studies.archetypalsae;

import cutaway.lab.task.Shapes;
import cutaway.tensor.Random;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/// Images of up to four shapes, one a quarter: of each kind a coin says whether it is there, and chance in
/// which quarter. Shapes are as small as the smallest that the net was trained on, which a quarter holds
/// whole.
///
/// @param images `[n, size, size]` one after another
/// @param present whether an image holds a kind, `[kind][image]`
record Collages(float[] images, boolean[][] present, int size) {

    /// Of a shape's radius, in images of the size 1: from the task's smallest to half of a quarter.
    private static final double SMALL = 0.2;

    private static final double LARGE = 0.25;

    /// @param noise of each pixel, as in the task
    static Collages of(int count, int size, double noise, long seed) {
        RandomGenerator random = new Random(seed).generator();
        Shapes.Kind[] kinds = Shapes.Kind.values();
        float[] images = new float[count * size * size];
        boolean[][] present = new boolean[kinds.length][count];
        for (int image = 0; image < count; image++) {
            List<Integer> quarters = new ArrayList<>(List.of(0, 1, 2, 3));
            Collections.shuffle(quarters, random);
            List<Shapes.Drawn> drawn = new ArrayList<>();
            for (Shapes.Kind kind : kinds) {
                present[kind.ordinal()][image] = random.nextBoolean();
                if (present[kind.ordinal()][image]) {
                    drawn.add(shape(kind, quarters.get(kind.ordinal()), size, random));
                }
            }
            for (int pixel = 0; pixel < size * size; pixel++) {
                double light = noise * random.nextGaussian();
                for (Shapes.Drawn shape : drawn) {
                    light += shape.at(pixel / size, pixel % size);
                }
                images[image * size * size + pixel] = (float) light;
            }
        }
        return new Collages(images, present, size);
    }

    private static Shapes.Drawn shape(Shapes.Kind kind, int quarter, int size, RandomGenerator random) {
        double half = size / 2.0;
        double radius = size * random.nextDouble(SMALL, LARGE);
        double room = half - 2 * radius;
        return new Shapes.Drawn(
                kind,
                quarter % 2 * half + radius + room * random.nextDouble(),
                quarter / 2 * half + radius + room * random.nextDouble(),
                radius,
                random.nextDouble(2 * Math.PI),
                random.nextDouble(0.5, 1));
    }

    /// Of every instance of a net the same, `[instance, n, 1, size, size]`.
    Tensor forEach(int instances) {
        long count = present[0].length;
        Tensor one = Tensor.of(images, 1, count, 1, size, size);
        return Tensor.cat(Collections.nCopies(instances, one), 0);
    }
}
