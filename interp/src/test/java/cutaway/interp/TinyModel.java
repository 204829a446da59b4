package cutaway.interp;

import cutaway.interp.edit.Values;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Tap;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/// The random models that the module `model` is tested with: 3 layers, 4 heads, dModel 32, vocab 97.
public final class TinyModel {

    private static final Path GOLDEN = Path.of("../model/src/test/resources/golden");

    private TinyModel() {}

    /// All of them: every golden folder with a model in it.
    public static Stream<String> families() {
        String[] names = Objects.requireNonNull(GOLDEN.toFile().list());
        return Arrays.stream(names)
                .filter(name -> Files.exists(folder(name).resolve("config.json")))
                .sorted();
    }

    /// One family of each shape that an engine could get wrong: shared keys, parallel blocks of one norm and of two,
    /// norms before and after, one that sees both ways.
    public static Stream<String> shapes() {
        return Stream.of("bert", "gemma2", "gpt-neox", "gpt2", "llama", "olmo2", "phi");
    }

    /// @param name a folder, such as `llama` (2 key/value heads) or `gpt2`
    public static Model open(String name) {
        return open(name, Arithmetic.F32);
    }

    /// As [#open(String)], computed in another type.
    public static Model open(String name, Arithmetic arithmetic) {
        Model model = Model.open(folder(name), WeightOptions.in(arithmetic));
        Scope.free(() -> model.forward(Batch.of(1), Tap.NONE).dim(0)); // unpacks the weights: tests count tensors
        return model;
    }

    /// What transformers computed from the same weights.
    public static float[] golden(String name, String tensor) {
        try (SafetensorsFile file = SafetensorsFile.open(folder(name).resolve("golden.safetensors"))) {
            return file.entry(tensor).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
    }

    /// A row of `input_ids`.
    public static int[] ids(String name, int row) {
        try (SafetensorsFile file = SafetensorsFile.open(folder(name).resolve("golden.safetensors"))) {
            long[] all = file.entry("input_ids").bytes().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
            int[] ids = new int[all.length / 2];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = Math.toIntExact(all[row * ids.length + i]);
            }
            return ids;
        }
    }

    private static Path folder(String name) {
        return GOLDEN.resolve(name);
    }

    /// Numbers of a site at one position, those of all its heads together.
    ///
    /// @param length tokens of the prompt, which is the width of a pattern
    public static int width(Site site, Sizes sizes, int length) {
        int heads = site.onlyHead().isPresent() ? 1 : sizes.heads();
        int kvHeads = site.onlyHead().isPresent() ? 1 : sizes.kvHeads();
        return switch (site.point().kind().axes()) {
            case MODEL -> sizes.dModel();
            case HEAD -> heads * sizes.dHead();
            case KV_HEAD -> kvHeads * sizes.dHead();
            case HEAD_MODEL -> heads * sizes.dModel();
            case PAIR -> length;
            case MLP -> site.onlyNeuron().isPresent() ? 1 : sizes.dMlp();
            case VOCAB -> sizes.vocab();
            case ONE -> 1;
            case HEAD_ONE -> 1; // the same for every head
        };
    }

    /// Standard normal numbers for one position of a site.
    public static Values random(Random random, int width) {
        try (Tensor values = random.normal(width)) {
            return Values.of(values);
        }
    }
}
