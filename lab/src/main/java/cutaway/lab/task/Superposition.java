package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.List;

/// The toy of superposition (Elhage et al. 2022): sparse features to be written with fewer numbers and read back.
///
///     x_i = 0 with probability S, else uniform in [0, 1)         density 1 - S
///     loss = sum over i of importance^i (y_i - x_i)^2
///
/// @param features how many
/// @param densities probabilities `1 - S` that a feature is there, one variant each
/// @param importances bases of the weights, one variant each with every density
public record Superposition(
        @JsonProperty(value = "features", required = true) int features,

        @JsonProperty(value = "densities", required = true) List<Double> densities,

        @JsonProperty(value = "importances", required = true)
        List<Double> importances)
        implements Task {

    static final String NAME = "superposition";

    private static final int TEST = 2048;

    public Superposition {
        densities = List.copyOf(densities);
        importances = List.copyOf(importances);
        require(features >= 1, "superposition of " + features + " features; expected at least 1.");
        require(
                !densities.isEmpty() && densities.stream().allMatch(density -> density > 0 && density <= 1),
                "features of the densities " + densities + "; expected at least one number above 0, up to 1.");
        require(
                !importances.isEmpty() && importances.stream().allMatch(base -> base > 0 && base < 1e6),
                "features of the importances " + importances + "; expected at least one number above 0.");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Sparse features written with fewer numbers and read back, for densities from always to rarely there.";
    }

    @Override
    public Input input() {
        return new Input.Numbers(features);
    }

    @Override
    public Target target() {
        return new Target.Numbers(features);
    }

    @Override
    public List<String> variants() {
        List<String> names = new ArrayList<>();
        for (double density : densities) {
            for (double base : importances) {
                names.add("density " + density + (importances.size() == 1 ? "" : ", importance " + base));
            }
        }
        return names;
    }

    /// That of a variant.
    public double density(int variant) {
        return densities.get(variant / importances.size());
    }

    @Override
    public double[] weights(int variant) {
        double base = importances.get(variant % importances.size());
        double[] weights = new double[features];
        for (int i = 0; i < features; i++) {
            weights[i] = Math.pow(base, i);
        }
        return weights;
    }

    @Override
    public Examples examples(long seed, int variant) {
        double absent = 1 - density(variant);
        return new Examples() {

            @Override
            public int testSize() {
                return TEST;
            }

            @Override
            public void train(long step, Rows rows) {
                fill(Draws.of(seed, NAME, step), absent, rows);
            }

            @Override
            public void test(Rows rows) {
                fill(Draws.of(seed, NAME + " test", 0), absent, rows);
            }
        };
    }

    /// One draw decides whether a feature is there, and how large.
    private static void fill(Draws draws, double absent, Rows rows) {
        float[] x = rows.x();
        float scale = (float) (1 / (1 - absent));
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(0, (float) (draws.nextDouble() - absent) * scale);
        }
        System.arraycopy(x, 0, rows.y(), 0, x.length);
    }
}
