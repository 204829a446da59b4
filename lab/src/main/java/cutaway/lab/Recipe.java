package cutaway.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.head.Loss;
import cutaway.lab.head.Target;
import cutaway.lab.net.Net;
import cutaway.lab.net.Parameter;
import cutaway.lab.net.Start;
import cutaway.lab.task.Task;
import cutaway.lab.task.TaskData;
import cutaway.tensor.BadInputException;
import cutaway.tensor.training.LearningRate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All that decides what a training ends with: a value, which serialises to JSON and back.
///
/// It trains an *instance* for each seed and each variant of the task, side by side, each as it would be trained alone.
///
/// @param task what is learned
/// @param net what learns it
/// @param head makes outputs of what the net hands over; of an autoencoder nothing is left to do
/// @param loss what is lowered
/// @param embeddingPenalty times the mean, over the embedding's columns, of their root mean square, added to the loss
/// @param start how parameters begin
/// @param descent the optimiser
/// @param rate learning rate
/// @param steps of the whole training
/// @param batch examples of a step, for each instance; 0: all that there are to train on
/// @param clip the greatest norm that the gradients of an instance may have, all together; 0: any
/// @param seeds of the first parameters and of the examples
/// @param precision numeric type
/// @param every steps between two points of the curve
/// @param snapshots after which steps parameters are kept
public record Recipe(
        @JsonProperty(value = "task", required = true) Task task,
        @JsonProperty(value = "net", required = true) Net net,
        @JsonProperty(value = "head", required = true) Head head,
        @JsonProperty(value = "loss", required = true) Loss loss,

        @JsonProperty(value = "embeddingPenalty", required = true)
        double embeddingPenalty,

        @JsonProperty(value = "start", required = true) Start start,
        @JsonProperty(value = "descent", required = true) Descent descent,
        @JsonProperty(value = "rate", required = true) LearningRate rate,
        @JsonProperty(value = "steps", required = true) long steps,
        @JsonProperty(value = "batch", required = true) int batch,
        @JsonProperty(value = "clip", required = true) double clip,
        @JsonProperty(value = "seeds", required = true) List<Long> seeds,
        @JsonProperty(value = "precision", required = true) Precision precision,
        @JsonProperty(value = "every", required = true) long every,

        @JsonProperty(value = "snapshots", required = true) Snapshots snapshots) {

    private static final int MOST_INSTANCES = 10_000;
    private static final double MOST_NUMBERS = 1e9;

    public Recipe {
        seeds = List.copyOf(seeds);
        require(
                steps >= 1 && batch >= 0 && every >= 1,
                "a training of " + steps + " steps of " + batch
                        + " examples with a point every " + every
                        + "; expected at least 1 step, no number of examples below 0"
                        + " (0: all), and a point every 1 or more.");
        require(
                rate.warmUp() + rate.decay() <= steps,
                rate.warmUp() + " steps of warm-up and " + rate.decay() + " of decay in a training of " + steps
                        + "; together they are no more than its steps.");
        require(clip >= 0, "gradients clipped to the norm " + clip + "; give a number above 0, or 0 for no clipping.");
        require(
                embeddingPenalty >= 0 && embeddingPenalty < Double.POSITIVE_INFINITY,
                "a penalty of " + embeddingPenalty + " on the embedding; expected 0 or more.");
        require(
                !seeds.isEmpty() && new TreeSet<>(seeds).size() == seeds.size(),
                "the seeds " + seeds + "; expected at least one, and none twice.");
        require(
                (long) seeds.size() * task.variants().size() <= MOST_INSTANCES,
                seeds.size() + " seeds of " + task.variants().size() + " variants; expected at most " + MOST_INSTANCES
                        + " instances together.");
        double numbers = (double) seeds.size()
                * task.variants().size()
                * net.parameters(task.input()).stream()
                        .mapToDouble(parameter -> parameter.dims().stream()
                                .mapToDouble(Integer::doubleValue)
                                .reduce(1, (a, b) -> a * b))
                        .sum();
        require(
                numbers <= MOST_NUMBERS,
                String.format(Locale.ROOT, "a net with %,.0f parameters, all instances together;", numbers)
                        + " expected at most 1,000,000,000: give fewer seeds, or smaller layers.");
        require(
                (double) batch
                                * seeds.size()
                                * task.variants().size()
                                * task.input().flat()
                        <= MOST_NUMBERS,
                String.format(
                                Locale.ROOT,
                                "steps of %,d examples of %,d numbers",
                                batch,
                                task.input().flat())
                        + " for each instance; expected at most 1,000,000,000 numbers in a step: give a smaller"
                        + " batch.");
        loss.check(task.target());
        snapshots.of(steps);
        require(
                !head.needsClasses() || (task.target().areClasses() && !net.hasOwnOutput()),
                "a head that gives logits of classes for the task " + task.name()
                        + ", which has none; take the linear head.");
        require(
                !net.hasOwnOutput() || net.width(task.input()) == task.target().outputs(),
                "an autoencoder for the task " + task.name() + ", whose outputs are not its inputs; take an mlp.");
        require(
                !(task.target() instanceof Target.Tokens) || net.hasPositions(),
                "the task " + task.name() + " asks at every position; take a transformer.");
        @Nullable String shared = net.sharedHead();
        require(
                shared == null
                        || rows(net.parameters(task.input()), shared)
                                == task.target().outputs(),
                "a head with a row for each token for the task " + task.name() + ", which has "
                        + task.target().outputs()
                        + " outputs and not one for each token; take an mlp that is not tied.");
    }

    private static int rows(List<Parameter> parameters, String name) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(name))
                .mapToInt(parameter -> parameter.dims().getFirst())
                .findFirst()
                .orElse(0);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new BadInputException(otherwise);
        }
    }

    /// What the task is usually trained by, with one seed, 0: see [Usual].
    public static Recipe usual(Task task) {
        return Usual.recipe(task);
    }

    /// Its instances: all variants of the first seed, then those of the next.
    public List<TaskData.Instance> instances() {
        List<TaskData.Instance> all = new ArrayList<>();
        for (long seed : seeds) {
            for (int variant = 0; variant < task.variants().size(); variant++) {
                all.add(new TaskData.Instance(seed, variant));
            }
        }
        return all;
    }

    /// Names of the instances, such as `seed 3, density 0.1`.
    public List<String> names() {
        List<String> variants = task.variants();
        return instances().stream()
                .map(one -> "seed " + one.seed()
                        + (variants.get(one.variant()).isEmpty() ? "" : ", " + variants.get(one.variant())))
                .toList();
    }

    /// The same with another value at one place, as a file would say it.
    ///
    /// @param place such as `steps`, `head` or `task.p`
    /// @param value a part of a recipe, a number, a text or a list
    /// @throws BadInputException when there is no such place, or the parts do not go together
    public Recipe with(String place, Object value) {
        return with(Map.of(place, value));
    }

    /// The same with other values at several places, which have to fit each other only when all are there.
    public Recipe with(Map<String, ?> values) {
        return RecipeFile.edited(this, values);
    }
}
