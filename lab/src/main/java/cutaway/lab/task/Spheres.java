package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;

/// Two concentric spheres (Gilmer et al., arXiv:1801.02774): points of the radius 1 are no, those of the outer one yes,
/// each half of the time.
///
/// @param dimension of the space
/// @param radius of the outer sphere; the paper has 1.3
/// @param examples to train on; 0: each is drawn anew, without end
public record Spheres(
        @JsonProperty(value = "dimension", required = true) int dimension,

        @JsonProperty(value = "radius", required = true) double radius,
        @JsonProperty(value = "examples", required = true) int examples)
        implements Task {

    static final String NAME = "spheres";

    private static final int TEST = 10_000;

    public Spheres {
        require(
                dimension >= 1 && radius > 0 && radius != 1 && radius < 1e6 && examples >= 0,
                "spheres in " + dimension + " dimensions, of the radii 1 and " + radius + ", with " + examples
                        + " examples; expected at least 1 dimension, a second radius above 0 that is not 1, and no"
                        + " number of examples below 0.");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Which of two concentric spheres a point lies on.";
    }

    @Override
    public Input input() {
        return new Input.Numbers(dimension);
    }

    @Override
    public Target target() {
        return new Target.Signs(1);
    }

    @Override
    public Examples examples(long seed, int variant) {
        Split order = new Split(seed, Math.max(1, examples), 1);
        return new Examples() {

            @Override
            public int trainSize() {
                return examples;
            }

            @Override
            public int testSize() {
                return TEST;
            }

            @Override
            public void train(long step, Rows rows) {
                Draws endless = Draws.of(seed, NAME, step);
                for (int n = 0; n < rows.count(); n++) {
                    put(
                            examples == 0
                                    ? endless
                                    : Draws.of(seed, NAME + " example", order.train(step, rows.count(), n)),
                            rows,
                            n);
                }
            }

            @Override
            public void test(Rows rows) {
                Draws draws = Draws.of(seed, NAME + " test", 0);
                for (int n = 0; n < rows.count(); n++) {
                    put(draws, rows, n);
                }
            }
        };
    }

    private void put(Draws draws, Rows rows, int n) {
        boolean outer = draws.nextBoolean();
        double[] point = new double[dimension];
        double squares = 0;
        for (int i = 0; i < dimension; i++) {
            point[i] = draws.nextGaussian();
            squares += point[i] * point[i];
        }
        double scale = (outer ? radius : 1) / Math.sqrt(squares);
        for (int i = 0; i < dimension; i++) {
            rows.x()[n * dimension + i] = (float) (scale * point[i]);
        }
        rows.y()[n] = outer ? 1 : 0;
    }
}
