package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.List;
import java.util.random.RandomGenerator;

/// Small grey images of one shape each, drawn here: a disc, a square, a triangle or a cross, somewhere, of some size,
/// turned by some angle, on a ground of noise. The answer is which.
///
/// @param size height and width in pixels
/// @param noise standard deviation of each pixel's noise; a shape is 0.5 to 1 brighter than the ground
public record Shapes(
        @JsonProperty(value = "size", required = true) int size,
        @JsonProperty(value = "noise", required = true) double noise)
        implements Task {

    static final String NAME = "shapes";

    private static final int TEST = 1024;
    private static final int LEAST = 8;

    /// Of a shape's radius, in images of the size 1.
    private static final double SMALL = 0.2;

    private static final double LARGE = 0.35;

    /// What is drawn, in the order of the classes.
    public enum Kind {
        DISC,
        SQUARE,
        TRIANGLE,
        CROSS;

        /// Distance from the edge at a point, negative inside; exact near the edge, which is all that drawing needs.
        ///
        /// @param u to the right, in units of the radius
        /// @param v down
        double distance(double u, double v) {
            return switch (this) {
                case DISC -> Math.hypot(u, v) - 1;
                case SQUARE -> box(u, v, 0.8, 0.8);
                case TRIANGLE -> Math.max(v - 0.5, Math.max(0.866 * u - 0.5 * v - 0.5, -0.866 * u - 0.5 * v - 0.5));
                case CROSS -> Math.min(box(u, v, 1, 0.3), box(u, v, 0.3, 1));
            };
        }

        private static double box(double u, double v, double width, double height) {
            return Math.max(Math.abs(u) - width, Math.abs(v) - height);
        }
    }

    /// One shape, in pixels from the upper left corner.
    ///
    /// @param radius of a circle around it
    /// @param angle by which it is turned, in radians
    /// @param light how much brighter than the ground
    public record Drawn(Kind kind, double x, double y, double radius, double angle, double light) {

        /// The brightness that it adds to a pixel: all of it inside, none outside, part of it on the edge.
        public double at(int row, int column) {
            double right = (column + 0.5 - x) / radius;
            double down = (row + 0.5 - y) / radius;
            double u = Math.cos(angle) * right + Math.sin(angle) * down;
            double v = Math.cos(angle) * down - Math.sin(angle) * right;
            return light * Math.clamp(0.5 - radius * kind.distance(u, v), 0.0, 1.0);
        }
    }

    public Shapes {
        require(
                size >= LEAST && size <= 256 && noise >= 0 && noise < 100,
                "images of " + size + " pixels with noise of " + noise + "; expected " + LEAST
                        + " to 256 pixels and noise of 0 or more.");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Which shape a small grey image shows: disc, square, triangle or cross.";
    }

    @Override
    public Input input() {
        return new Input.Image(1, size, size);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(Kind.values().length));
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Examples() {

            @Override
            public int testSize() {
                return TEST;
            }

            @Override
            public void train(long step, Rows rows) {
                fill(Draws.of(seed, NAME, step), rows);
            }

            @Override
            public void test(Rows rows) {
                fill(Draws.of(seed, NAME + " test", 0), rows);
            }
        };
    }

    private void fill(Draws draws, Rows rows) {
        for (int n = 0; n < rows.count(); n++) {
            Drawn shape = drawn(draws);
            for (int row = 0; row < size; row++) {
                for (int column = 0; column < size; column++) {
                    double ground = noise == 0 ? 0 : noise * draws.nextGaussian();
                    rows.x()[(n * size + row) * size + column] = (float) (ground + shape.at(row, column));
                }
            }
            rows.classes()[n] = shape.kind.ordinal();
        }
    }

    /// A shape that is all within the image.
    public Drawn drawn(RandomGenerator draws) {
        Kind kind = Kind.values()[draws.nextInt(Kind.values().length)];
        double radius = size * draws.nextDouble(SMALL, LARGE);
        return new Drawn(
                kind,
                draws.nextDouble(radius, size - radius),
                draws.nextDouble(radius, size - radius),
                radius,
                draws.nextDouble(2 * Math.PI),
                draws.nextDouble(0.5, 1));
    }
}
