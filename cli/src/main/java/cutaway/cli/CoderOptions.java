package cutaway.cli;

import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.coder.Start;
import cutaway.features.coder.Wiring;
import cutaway.tensor.BadInputException;
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
            description = "What makes codes sparse: " + KINDS + " (default: $" + "{DEFAULT-VALUE}).")
    private String kind = "topk";

    @Option(
            names = "--width",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Latents (default: $" + "{DEFAULT-VALUE}).")
    int width;

    @Option(
            names = "--k",
            paramLabel = "N",
            description =
                    "Latents a token, of the kinds that keep the largest (default: 32); batch_topk and matryoshka:"
                            + " on average.")
    private @Nullable Integer k;

    @Option(
            names = "--coefficient",
            paramLabel = "X",
            description = "Weight of the sparsity penalty, of jump_relu, gated and relu (default: 1).")
    private @Nullable Double coefficient;

    @Option(
            names = "--levels",
            split = ",",
            paramLabel = "N",
            description = "Widths of the nested dictionaries of matryoshka, such as 256,1024.")
    private @Nullable List<Integer> levels;

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
                    + " (default: $" + "{DEFAULT-VALUE}).")
    private String bias = "geometric_median";

    @Option(
            names = "--dead-after",
            paramLabel = "STEPS",
            defaultValue = "1000",
            description = "Steps of silence after which a latent counts as dead (default: $" + "{DEFAULT-VALUE}).")
    private int deadAfter;

    /// @param inputs how many sites it reads
    /// @param transcodes whether it writes others
    CoderSettings settings(int inputs, boolean transcodes) {
        return new CoderSettings(
                sparsity(),
                wiring(inputs, transcodes),
                new Start(0.1, Choice.of("--bias", bias, Start.Bias.values())),
                deadAfter);
    }

    private Sparsity sparsity() {
        Sparsity sparsity = switch (kind.toLowerCase(Locale.ROOT)) {
            case "topk" -> new Sparsity.TopK(k());
            case "batch_topk", "batchtopk" -> new Sparsity.BatchTopK(k());
            case "matryoshka" -> {
                if (levels == null) {
                    throw new BadInputException(
                            "--coder matryoshka needs the widths of its levels; give --levels 256,1024, for example.");
                }
                yield new Sparsity.Matryoshka(k(), levels);
            }
            case "jump_relu", "jumprelu" -> new Sparsity.JumpRelu(coefficient());
            case "gated" -> new Sparsity.Gated(coefficient());
            case "relu", "standard" -> new Sparsity.Relu(coefficient());
            default -> throw new BadInputException("--coder is " + kind + "; expected " + KINDS + ".");
        };
        boolean counts = sparsity instanceof Sparsity.TopK
                || sparsity instanceof Sparsity.BatchTopK
                || sparsity instanceof Sparsity.Matryoshka;
        refuse(counts && coefficient != null, "--coefficient", "keeps so many latents and has no penalty; give --k");
        refuse(!counts && k != null, "--k", "has a penalty and keeps no fixed number; give --coefficient");
        refuse(levels != null && !(sparsity instanceof Sparsity.Matryoshka), "--levels", "has one level");
        return sparsity;
    }

    private void refuse(boolean given, String option, String why) {
        if (given) {
            throw new BadInputException(option + " does not go with --coder " + kind + ", which " + why + ".");
        }
    }

    private int k() {
        return k == null ? 32 : k;
    }

    private double coefficient() {
        return coefficient == null ? 1 : coefficient;
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

    /// In a few words: `topk, k 32`.
    String words() {
        String of = kind.toLowerCase(Locale.ROOT);
        return of.contains("topk") || of.equals("matryoshka")
                ? of + ", k " + k()
                : of + ", coefficient " + coefficient();
    }
}
