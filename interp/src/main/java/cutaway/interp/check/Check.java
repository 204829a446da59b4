package cutaway.interp.check;

import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/// Certifies a model by running it:
///
/// - a null edit at every site leaves the logits bit-identical, a random replacement of equal norm changes them;
/// - a prompt gives the same logits and residual stream alone, batched, padded left or right, and with a cache;
/// - every tensor of a golden file, where there is one, agrees ([GoldenFile] says what it may hold).
public final class Check {

    /// Up to where two float32 runs of different shapes count as the same, relative to the norm of a position.
    static final double SAME = 1e-5;

    /// As [#SAME], of two float64 runs.
    static final double SAME_IN_F64 = 1e-10;

    /// Up to where another implementation's float32 values agree, relative to the norm of a position.
    static final double AGREES = 1e-4;

    private static final int[] LENGTHS = {1, 2, 13, 5};

    private Check() {}

    /// Up to where two runs of different shapes count as the same.
    static double same(Model model) {
        return model.transformer().dtype() == Dtype.F64 ? SAME_IN_F64 : SAME;
    }

    /// The golden file that stands beside a model's weights, if any.
    public static Optional<Path> goldenOf(Path model) {
        Path beside = model.resolve("golden.safetensors");
        return Files.isRegularFile(beside) ? Optional.of(beside) : Optional.empty();
    }

    /// @param golden a file of reference values
    /// @param seed of the random prompts and replacements
    /// @param progress is told what is done, and which part of it (0 to 1)
    /// @throws cutaway.tensor.BadInputException when the golden file is damaged, or holds an unknown tensor
    public static Certificate certify(
            Model model, Optional<Path> golden, long seed, BiConsumer<String, Double> progress) {
        long start = System.nanoTime();
        try (GoldenFile file = golden.map(GoldenFile::open).orElse(null)) {
            RandomGenerator random = new Random(seed).generator();
            List<Finding> findings = new ArrayList<>();
            if (file != null) {
                findings.addAll(new GoldenCheck(model, file).check(progress));
            }
            SiteChecks sites = new SiteChecks(model, prompt(model, 2, random), progress);
            List<int[]> prompts = new ArrayList<>();
            for (int length : LENGTHS) {
                prompts.add(prompt(model, length, random));
            }
            findings.addAll(sites.check(random));
            findings.addAll(new Modes(model, prompts).check(progress));
            return new Certificate(
                    version(),
                    model.path().toString(),
                    model.family(),
                    model.sizes(),
                    golden.map(Path::toString).orElse(""),
                    seed,
                    (System.nanoTime() - start) / 1e9,
                    findings);
        }
    }

    /// Random token ids: a model may have no tokenizer.
    private static int[] prompt(Model model, int length, RandomGenerator random) {
        int vocab = model.sizes().vocab();
        return random.ints(0, vocab)
                .distinct() // else a query may see one key twice, and which of the two it sees is all the same
                .limit(Math.min(Math.min(length, vocab), model.sizes().context()))
                .toArray();
    }

    static String version() {
        String version = Check.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
