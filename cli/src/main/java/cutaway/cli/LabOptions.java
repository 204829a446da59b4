package cutaway.cli;

import cutaway.lab.Recipe;
import cutaway.lab.RecipeFile;
import cutaway.lab.Snapshots;
import cutaway.lab.Usual;
import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.net.ConvolutionNet;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The recipe that a command asks for: that of a file, or what its task is usually trained by, with what else is said.
final class LabOptions {

    private static final int MOST_SEEDS = 10_000;

    @Parameters(
            arity = "0..1",
            paramLabel = "TASK",
            description = "What is learned; cutaway lab list names them. Left out with --recipe.")
    private @Nullable String task;

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "A recipe in JSON, such as the recipe.json of --out.")
    private @Nullable Path file;

    @Option(
            names = "--with",
            paramLabel = "PLACE=VALUE",
            description = "Any value of the recipe, by its place: task.p=59, net.kernel=5; values as in JSON."
                    + " May be repeated.")
    private @Nullable Map<String, String> with;

    @Option(
            names = "--seeds",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description =
                    "Seeds that train side by side: how many, from 0 on, or several joined by commas (default: 1).")
    private @Nullable List<Long> seeds;

    @Option(names = "--steps", paramLabel = "N", description = "Steps, at least 1 (default: see cutaway lab list).")
    private @Nullable Long steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Examples of a step; 0: all that there are to train on (default: see cutaway lab list).")
    private @Nullable Integer batch;

    @Option(
            names = "--optimizer",
            paramLabel = "KIND",
            description = "adamw, sgd, sign (sign descent) or muon (default: adamw).")
    private @Nullable String optimizer;

    @Option(names = "--momentum", paramLabel = "X", description = "Of sgd, sign or muon, in [0, 1) (default: 0.9).")
    private @Nullable Double momentum;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Weight decay, 0 or more (default: by task).")
    private @Nullable Double weightDecay;

    @Option(names = "--rate", paramLabel = "X", description = "Highest learning rate, above 0 (default: by task).")
    private @Nullable Double rate;

    @Option(names = "--warm-up", paramLabel = "STEPS", description = "Steps over which the rate rises (default: 0).")
    private @Nullable Long warmUp;

    @Option(
            names = "--decay",
            paramLabel = "STEPS",
            description = "Last steps, over which the rate falls to 0 (default: 0, it stays).")
    private @Nullable Long decay;

    @Option(names = "--shape", paramLabel = "SHAPE", description = "How it falls: linear or cosine (default: linear).")
    private @Nullable String shape;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            description = "The greatest norm of an instance's gradients; 0: any (default: 0).")
    private @Nullable Double clip;

    @Option(
            names = "--head",
            paramLabel = "HEAD",
            description = "linear, harmonic:N (probabilities fall with the power N of the distance) or spherical"
                    + " (default: linear).")
    private @Nullable String head;

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description = "cross_entropy, mse, hinge or logistic (default: by task).")
    private @Nullable String loss;

    @Option(
            names = "--hidden",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description = "Widths of hidden layers, or channels of a convolution net, joined by commas.")
    private @Nullable List<Integer> hidden;

    @Option(
            names = "--activation",
            paramLabel = "KIND",
            description = "none, relu, gelu, silu, tanh or square (default: by task).")
    private @Nullable String activation;

    @Option(names = "--float64", description = "Train in float64 (default: float32).")
    private boolean float64;

    @Option(
            names = "--every",
            paramLabel = "STEPS",
            description = "Steps between two points of the curve (default: a hundredth of all).")
    private @Nullable Long every;

    @Option(
            names = "--snapshots",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "STEPS",
            description = "Keep the parameters after these steps, joined by commas, or after so many that are spaced"
                    + " evenly on a logarithmic axis: log:20.")
    private @Nullable List<String> snapshots;

    /// @throws BadInputException when a value is none, or they do not go together
    Recipe recipe() {
        Recipe base = base();
        Map<String, Object> values = new LinkedHashMap<>();
        if (with != null) {
            values.putAll(with);
        }
        put(values, "seeds", seeds == null ? null : seeds(seeds));
        put(values, "steps", steps);
        put(values, "batch", batch);
        put(values, "rate.rate", rate);
        put(values, "rate.warmUp", warmUp);
        put(values, "rate.decay", decay);
        if (steps != null) { // the usual schedule, stretched over as many
            values.putIfAbsent("rate.warmUp", base.rate().warmUp() * steps / base.steps());
            values.putIfAbsent("rate.decay", base.rate().decay() * steps / base.steps());
        }
        put(values, "rate.shape", shape);
        put(values, "clip", clip);
        put(values, "loss", loss);
        put(values, "every", every != null ? every : steps == null ? null : Long.valueOf(Math.max(1, steps / 100)));
        put(values, "head", head == null ? null : head(head));
        put(values, areChannels(base) ? "net.channels" : "net.hidden", hidden);
        put(values, "net.activation", activation);
        put(values, "precision", float64 ? "float64" : null);
        put(values, "descent", descent(base.descent()));
        put(values, "snapshots", snapshots == null ? null : snapshots(snapshots));
        return base.with(values);
    }

    /// Whether what is hidden are channels: in a convolution net, the task's own or the one that is asked for.
    private boolean areChannels(Recipe base) {
        String kind = with == null ? null : with.get("net.kind");
        return kind == null ? base.net() instanceof ConvolutionNet : kind.equals("convolution");
    }

    private static void put(Map<String, Object> values, String place, @Nullable Object value) {
        if (value != null) {
            values.put(place, value);
        }
    }

    private Recipe base() {
        if (file == null && task == null) {
            throw new BadInputException("no task was given; name one (cutaway lab list has them), or give --recipe.");
        }
        if (file != null && task != null) {
            throw new BadInputException(
                    "a task and --recipe were given; the recipe says its task: leave \"" + task + "\" out.");
        }
        return file != null ? RecipeFile.read(file) : Recipe.usual(Usual.task(String.valueOf(task)));
    }

    private static List<Long> seeds(List<Long> given) {
        if (given.size() > 1) {
            return given;
        }
        long count = given.getFirst();
        if (count < 1 || count > MOST_SEEDS) {
            throw new BadInputException("--seeds is " + count + ": so many, from 0 on; expected 1 to " + MOST_SEEDS
                    + ", or several seeds joined by commas.");
        }
        return LongStream.range(0, count).boxed().toList();
    }

    private static Head head(String given) {
        String[] words = given.split(":", -1);
        try {
            return switch (words[0]) {
                case "linear" -> alone(words, given, new Head.Linear());
                case "spherical" -> alone(words, given, new Head.Spherical());
                case "harmonic" -> new Head.Harmonic(Double.parseDouble(words[words.length == 2 ? 1 : 0]));
                default -> throw notAHead(given);
            };
        } catch (NumberFormatException e) {
            throw notAHead(given);
        }
    }

    private static Head alone(String[] words, String given, Head head) {
        if (words.length > 1) {
            throw notAHead(given);
        }
        return head;
    }

    private static BadInputException notAHead(String given) {
        return new BadInputException(
                "--head is " + given + "; expected linear, spherical, or harmonic with its power, such as harmonic:4.");
    }

    private @Nullable Descent descent(Descent base) {
        if (optimizer == null && momentum == null && weightDecay == null) {
            return null;
        }
        String kind = optimizer != null ? optimizer : kind(base);
        double decays = weightDecay != null ? weightDecay : optimizer == null || kind.equals("muon") ? decay(base) : 0;
        double keeps = momentum != null ? momentum : 0.9;
        return switch (kind) {
            case "adamw" -> {
                if (momentum != null) {
                    throw new BadInputException("--momentum does not go with adamw; take sgd, sign or muon.");
                }
                yield new Descent.AdamW(weightDecay != null ? weightDecay : decay(base));
            }
            case "sgd" -> new Descent.Sgd(keeps, false, decays);
            case "sign" -> new Descent.Sign(keeps, decays);
            case "muon" -> new Descent.Muon(momentum != null ? momentum : 0.95, true, 5, decays);
            default -> throw new BadInputException("--optimizer is " + kind + "; expected adamw, sgd, sign or muon.");
        };
    }

    private static String kind(Descent descent) {
        return switch (descent) {
            case Descent.AdamW _ -> "adamw";
            case Descent.Sgd _ -> "sgd";
            case Descent.Sign _ -> "sign";
            case Descent.Muon _ -> "muon";
        };
    }

    private static double decay(Descent descent) {
        return switch (descent) {
            case Descent.AdamW one -> one.weightDecay();
            case Descent.Sgd one -> one.weightDecay();
            case Descent.Sign one -> one.weightDecay();
            case Descent.Muon one -> one.weightDecay();
        };
    }

    private static Snapshots snapshots(List<String> given) {
        String only = given.getFirst();
        try {
            if (given.size() > 1 || !only.startsWith("log:")) {
                return new Snapshots(given.stream().map(Long::valueOf).toList(), 0);
            }
            int spaced = Integer.parseInt(only.substring(4));
            if (spaced < 1) {
                throw new BadInputException("--snapshots is " + only
                        + ", which is none; expected log:N with N of at least 1, or leave it out.");
            }
            return new Snapshots(List.of(), spaced);
        } catch (NumberFormatException e) {
            throw new BadInputException(
                    "--snapshots is " + String.join(",", given) + "; expected steps joined by commas, or log:N.", e);
        }
    }
}
