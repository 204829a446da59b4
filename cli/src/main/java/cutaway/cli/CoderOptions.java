package cutaway.cli;

import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Start;
import cutaway.features.coder.Wiring;
import cutaway.tensor.BadInputException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which dictionary is trained: what makes its codes sparse, and what its latents read and write.
final class CoderOptions {

    private static final String KINDS = "topk, batch_topk, matryoshka, jump_relu, gated or relu";

    @Option(
            names = "--coder",
            paramLabel = "KIND",
            defaultValue = "topk",
            description = "What makes codes sparse: " + KINDS + " (default: ${DEFAULT-VALUE}).")
    private String kind = "topk";

    @Option(
            names = "--width",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            defaultValue = "4096",
            description = "Latents; several numbers, joined by commas, make several dictionaries"
                    + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Integer> widths;

    @Option(
            names = "--k",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description =
                    "Latents a token, of the kinds that keep the largest (default: 32); batch_topk and matryoshka:"
                            + " on average. Several as for --width.")
    private @Nullable List<Integer> ks;

    @Option(
            names = "--coefficient",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "X",
            description = "Weight of the sparsity penalty, of jump_relu, gated and relu (default: 1). Several as for"
                    + " --width.")
    private @Nullable List<Double> coefficients;

    @Option(
            names = "--levels",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description = "Widths of the nested dictionaries of matryoshka, such as 256,1024.")
    private @Nullable List<Integer> levels;

    @Option(
            names = "--anneal-p",
            paramLabel = "P",
            description = "Of relu: the power of its penalty falls from 1 to P over the run (p-annealing).")
    private @Nullable Double annealed;

    @Option(
            names = "--wiring",
            paramLabel = "WIRING",
            description = "cross_layer: latents of a layer read its --site and write its --to and those of all later"
                    + " layers; --width is that of all layers together. Without it, --site and --to say what is wired.")
    private @Nullable String wiring;

    @Option(names = "--skip", description = "A transcoder also learns a linear map from its input to its output.")
    private boolean skip;

    @Option(names = "--unit-norm", description = "Decoder rows keep the norm 1 while an autoencoder is trained.")
    private boolean unitNorm;

    @Option(names = "--tied", description = "The encoder of an autoencoder stays its decoder transposed.")
    private boolean tied;

    @Option(
            names = "--archetypes",
            paramLabel = "N",
            description = "Decoder rows are mixtures of N centroids of the first batch (A-SAE).")
    private @Nullable Integer archetypes;

    @Option(
            names = "--relaxation",
            paramLabel = "X",
            description = "How far a row may be from its mixture, in the units of the scaled activations (RA-SAE).")
    private @Nullable Double relaxation;

    @Option(
            names = "--bias",
            paramLabel = "START",
            defaultValue = "geometric_median",
            description = "Where the decoder's bias begins, of the first batch: geometric_median, mean or zero"
                    + " (default: ${DEFAULT-VALUE}).")
    private String bias = "geometric_median";

    @Option(
            names = "--dead-after",
            paramLabel = "STEPS",
            defaultValue = "1000",
            description = "Steps of silence after which a latent counts as dead (default: ${DEFAULT-VALUE}).")
    private int deadAfter;

    /// One of the dictionaries that are asked for.
    ///
    /// @param name that tells it from the others, such as `width-4096-k-32`
    /// @param words what makes it sparse, such as `topk, k 32`
    record Variant(String name, String words, int width, Sparsity sparsity) {}

    /// One for each width with each k, or each coefficient; in most cases a single one.
    List<Variant> variants() {
        boolean counts = keepsLargest();
        refuse(counts && coefficients != null, "--coefficient", "keeps so many latents and has no penalty; give --k");
        refuse(!counts && ks != null, "--k", "has a penalty and keeps no fixed number; give --coefficient");
        refuse(levels != null && !kind().equals("matryoshka"), "--levels", "has one level");
        boolean powers = kind().equals("relu") || kind().equals("standard");
        refuse(annealed != null && !powers, "--anneal-p", "has no penalty with a power; give --coder relu");
        if (isCrossLayer()) {
            refuse(
                    kind().equals("topk") || kind().equals("gated"),
                    "--wiring cross_layer",
                    "is neither a ReLU nor a JumpReLU in the end, and circuit-tracer's form has those alone; give"
                            + " batch_topk, jump_relu or relu");
        }
        List<Integer> counted = once("--k", ks == null ? List.of(32) : ks);
        List<Double> weighed = once("--coefficient", coefficients == null ? List.of(1.0) : coefficients);
        List<Variant> variants = new ArrayList<>();
        for (int width : once("--width", widths)) {
            if (width < 1) {
                throw new BadInputException("--width is " + width + "; expected at least 1 latent.");
            }
            if (counts) {
                counted.forEach(k -> checkCount(k, width));
                counted.forEach(k -> variants.add(new Variant(
                        "width-" + width + "-k-" + k, kind() + ", k " + k, width, sparsity(k, Double.NaN))));
            } else {
                weighed.forEach(x -> variants.add(new Variant(
                        "width-" + width + "-coefficient-"
                                + BigDecimal.valueOf(x).stripTrailingZeros().toPlainString(),
                        kind() + ", coefficient " + x + (annealed == null ? "" : ", p 1 to " + annealed),
                        width,
                        sparsity(0, x))));
            }
        }
        return List.copyOf(variants);
    }

    private static void checkCount(int k, int width) {
        if (k < 1 || k > width) {
            throw new BadInputException("--k is " + k + " with --width " + width + "; give 1 to " + width + ".");
        }
    }

    /// @throws BadInputException when a value is there twice
    static <T> List<T> once(String option, List<T> values) {
        for (T value : values) {
            if (Collections.frequency(values, value) > 1) {
                throw new BadInputException(
                        option + " names " + value + " twice; each makes a dictionary, so give it" + " once.");
            }
        }
        return values;
    }

    /// Whether latents belong to layers.
    boolean isCrossLayer() {
        if (wiring != null && !wiring.equalsIgnoreCase("cross_layer")) {
            throw new BadInputException("--wiring is " + wiring + "; expected cross_layer, or none: --site and --to say"
                    + " whether it is an autoencoder, a transcoder or a crosscoder.");
        }
        return wiring != null;
    }

    /// @param inputs how many sites it reads
    /// @param written how many others it writes; 0 where it writes those that it reads
    /// @param steps of the run
    CoderSettings settings(Variant variant, int inputs, int written, long steps) {
        Sparsity sparsity = annealed != null && variant.sparsity instanceof Sparsity.Relu relu
                ? new Sparsity.Relu(relu.coefficient(), 1, annealed, Math.toIntExact(steps))
                : variant.sparsity;
        return new CoderSettings(
                sparsity,
                isCrossLayer() ? crossLayer(variant.width, inputs, written) : wiring(inputs, written > 0),
                new Start(0.1, Choice.of("--bias", bias, Start.Bias.values())),
                deadAfter);
    }

    private Wiring crossLayer(int width, int inputs, int written) {
        if (written != inputs) {
            throw new BadInputException("--wiring cross_layer reads a --site of each layer and writes a --to of each;"
                    + " given were " + inputs + " and " + written + "; name as many of both, in the order of layers.");
        }
        if (width % inputs != 0) {
            throw new BadInputException("--width is " + width + ", of all " + inputs + " layers of --wiring cross_layer"
                    + " together, which get as many each; give a multiple of " + inputs + ", such as "
                    + inputs * Math.max(1, width / inputs) + ".");
        }
        if (skip || unitNorm || tied || archetypes != null || relaxation != null) {
            throw new BadInputException("--skip, --unit-norm, --tied, --archetypes and --relaxation do not go with"
                    + " --wiring cross_layer; leave them out.");
        }
        return new Wiring.CrossLayer(inputs);
    }

    private String kind() {
        return kind.toLowerCase(Locale.ROOT);
    }

    private boolean keepsLargest() {
        return switch (kind()) {
            case "topk", "batch_topk", "batchtopk", "matryoshka" -> true;
            default -> false;
        };
    }

    private Sparsity sparsity(int k, double coefficient) {
        return switch (kind()) {
            case "topk" -> new Sparsity.TopK(k);
            case "batch_topk", "batchtopk" -> new Sparsity.BatchTopK(k);
            case "matryoshka" -> {
                if (levels == null) {
                    throw new BadInputException(
                            "--coder matryoshka needs the widths of its levels; give --levels 256,1024, for example.");
                }
                yield new Sparsity.Matryoshka(k, levels);
            }
            case "jump_relu", "jumprelu" -> new Sparsity.JumpRelu(coefficient);
            case "gated" -> new Sparsity.Gated(coefficient);
            case "relu", "standard" -> new Sparsity.Relu(coefficient);
            default -> throw new BadInputException("--coder is " + kind + "; expected " + KINDS + ".");
        };
    }

    private void refuse(boolean given, String option, String why) {
        if (given) {
            throw new BadInputException(option + " does not go with --coder " + kind + ", which " + why + ".");
        }
    }

    private Wiring wiring(int inputs, boolean transcodes) {
        if (skip && !transcodes) {
            throw new BadInputException("--skip is for transcoders; name another site to write with --to.");
        }
        if (transcodes || inputs > 1) {
            if (unitNorm || tied || archetypes != null || relaxation != null) {
                throw new BadInputException(
                        "--unit-norm, --tied, --archetypes and --relaxation are for autoencoders of one site;"
                                + " leave them out, or give one --site without --to.");
            }
            return transcodes ? new Wiring.Transcoder(skip) : new Wiring.Crosscoder(inputs);
        }
        if (archetypes != null) {
            return new Wiring.Archetypal(archetypes, relaxation == null ? 0 : relaxation);
        }
        if (relaxation != null) {
            throw new BadInputException("--relaxation is for --archetypes; give their number too.");
        }
        return new Wiring.Autoencoder(true, tied, unitNorm);
    }
}
