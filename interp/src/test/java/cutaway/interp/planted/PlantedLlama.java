package cutaway.interp.planted;

import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Copies of the tiny Llama (3 layers, 4 heads, dModel 32) with weights of one's own.
public final class PlantedLlama {

    /// An epsilon so large that a norm divides by `sqrt(1e6) = 1000`, whatever it reads: with weights of 1000 it
    /// leaves values as they are.
    public static final double CONSTANT = 1e6;

    /// As the model's own configuration has it.
    public static final double USUAL = 1e-5;

    public static final int LAYERS = 3;
    public static final int HEADS = 4;
    public static final int NEURONS = 64;

    private static final int D_HEAD = 8;
    private static final int D_MODEL = HEADS * D_HEAD;

    private PlantedLlama() {}

    /// @param epsilon of all norms; their weights become its square root where it is [#CONSTANT]
    /// @param plant changes the weights, under their names in the file
    public static Model write(Path folder, double epsilon, Consumer<Map<String, Tensor>> plant) {
        Path from = Path.of("../model/src/test/resources/golden/llama");
        try (SafetensorsFile file = SafetensorsFile.open(from.resolve("model.safetensors"));
                Scope scope = Scope.open()) {
            String config = Files.readString(from.resolve("config.json"));
            Files.writeString(
                    folder.resolve("config.json"),
                    config.replace("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": " + epsilon));
            LinkedHashMap<String, Tensor> weights = TensorFile.readAll(file);
            if (epsilon == CONSTANT) {
                weights.replaceAll((name, weight) ->
                        name.contains("norm") ? weight.times(0).plus(Math.sqrt(CONSTANT)) : weight);
            }
            plant.accept(weights);
            TensorFile.write(folder.resolve("model.safetensors"), weights, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Model.open(folder);
    }

    /// Every part is a linear map: norms divide by a constant, heads look at all positions alike, MLPs are silent.
    public static Model linear(Path folder) {
        return write(folder, CONSTANT, weights -> {
            for (int layer = 0; layer < LAYERS; layer++) {
                zero(weights, "model.layers." + layer + ".self_attn.q_proj.weight");
                silenceMlp(weights, layer);
            }
        });
    }

    public static void zero(Map<String, Tensor> weights, String name) {
        weights.compute(name, (key, weight) -> present(name, weight).times(0));
    }

    /// Takes a head's output weights.
    public static void silence(Map<String, Tensor> weights, int layer, int head) {
        boolean[] silent = new boolean[D_MODEL];
        Arrays.fill(silent, head * D_HEAD, (head + 1) * D_HEAD, true);
        zeroColumns(weights, "model.layers." + layer + ".self_attn.o_proj.weight", silent);
    }

    /// Takes the output weights of all neurons of a block but some.
    public static void silenceNeurons(Map<String, Tensor> weights, int layer, Set<Integer> butThese) {
        boolean[] silent = new boolean[NEURONS];
        for (int i = 0; i < NEURONS; i++) {
            silent[i] = !butThese.contains(i);
        }
        zeroColumns(weights, down(layer), silent);
    }

    /// Takes the output weights of an MLP.
    public static void silenceMlp(Map<String, Tensor> weights, int layer) {
        zero(weights, down(layer));
    }

    public static String down(int layer) {
        return "model.layers." + layer + ".mlp.down_proj.weight";
    }

    private static void zeroColumns(Map<String, Tensor> weights, String name, boolean[] columns) {
        weights.compute(
                name, (key, weight) -> present(name, weight).maskedFill(Tensor.of(columns, 1, columns.length), 0));
    }

    /// @param row `[1, 32]`
    public static void embed(Map<String, Tensor> weights, int token, Tensor row) {
        String name = "model.embed_tokens.weight";
        weights.compute(
                name, (key, weight) -> present(name, weight).replaceRows(0, Tensor.of(new long[] {token}, 1), row));
    }

    private static Tensor present(String name, @Nullable Tensor weight) {
        if (weight == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return weight;
    }
}
