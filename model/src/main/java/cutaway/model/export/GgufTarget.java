package cutaway.model.export;

import cutaway.model.Model;
import cutaway.model.export.Plan.Weight;
import cutaway.model.gguf.BlockType;
import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufMetadata;
import cutaway.model.gguf.GgufValue;
import cutaway.model.gguf.GgufWriter;
import cutaway.model.gguf.TensorInfo;
import cutaway.model.tokenizer.TokenizerMetadata;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A GGUF file.
///
/// Matrices have the type that was asked for; all else is float32, as llama.cpp has it. A matrix whose rows are
/// no whole
/// blocks of that type becomes float16, as llama.cpp's quantiser has it.
final class GgufTarget implements Target {

    private final Model model;
    private final Optional<BlockType> asked;
    private final Plan plan;
    private final List<String> notes = new ArrayList<>();

    GgufTarget(Model model, Optional<BlockType> asked) {
        this.model = model;
        this.asked = asked;
        this.plan = Plan.forGguf(model);
    }

    @Override
    public String name() {
        return "gguf";
    }

    @Override
    public Plan plan() {
        return plan;
    }

    @Override
    public String typeName() {
        return asked.map(type -> type.name().toLowerCase(Locale.ROOT))
                .orElse(
                        plan.weights().stream()
                                        .anyMatch(weight ->
                                                Contents.blocks(weight).isPresent())
                                ? "as stored"
                                : "f32");
    }

    @Override
    public BlockType coarsest() {
        return asked.orElse(BlockType.F32);
    }

    private BlockType type(Weight weight) {
        if (!weight.isMatrix()) {
            return BlockType.F32;
        }
        if (asked.isEmpty()) {
            return Contents.blocks(weight).orElse(BlockType.F32);
        }
        return weight.shape().dim(1) % asked.get().elements() == 0 ? asked.get() : BlockType.F16;
    }

    @Override
    public void write(Path path, Progress progress) {
        List<TensorInfo> tensors = new ArrayList<>();
        plan.numbers().forEach((name, values) -> tensors.add(info(name, BlockType.F32, values.length)));
        int halves = 0;
        for (Weight weight : plan.weights()) {
            BlockType type = type(weight);
            halves += weight.isMatrix() && asked.isPresent() && type != asked.get() ? 1 : 0;
            tensors.add(info(weight.name(), type, weight.shape().dims()));
        }
        if (halves > 0) {
            notes.add(halves + " matrices are f16: their rows are no multiple of "
                    + coarsest().elements() + ".");
        }
        try (GgufWriter writer = new GgufWriter(path, metadata(), tensors)) {
            plan.numbers().forEach((name, values) -> writer.write(name, floats(values)));
            int done = 0;
            for (Weight weight : plan.weights()) {
                progress.at(
                        "write " + weight.name(),
                        (double) done++ / plan.weights().size());
                try (Arena arena = Arena.ofShared()) {
                    writer.write(weight.name(), Contents.of(weight, type(weight), arena));
                }
            }
            writer.finish();
        }
    }

    private static TensorInfo info(String name, BlockType type, long... shape) {
        return new TensorInfo(name, type, Arrays.stream(shape).boxed().toList());
    }

    private static MemorySegment floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return MemorySegment.ofArray(floats);
    }

    private Map<String, GgufValue> metadata() {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", GgufValue.text(plan.family()));
        if (Files.isDirectory(model.path())) {
            metadata.put("general.type", GgufValue.text("model"));
            Path name = model.path().toAbsolutePath().normalize().getFileName();
            metadata.put("general.name", GgufValue.text(String.valueOf(name)));
            metadata.put("general.quantization_version", GgufValue.u32(2));
        } else {
            copy(metadata, "general.");
        }
        if (asked.isPresent() || !metadata.containsKey("general.file_type")) {
            metadata.put("general.file_type", GgufValue.u32(fileType(coarsest())));
        }
        plan.settings().forEach((key, value) -> metadata.put(key, GgufSettings.stored(value)));
        if (Files.isDirectory(model.path())) {
            notes.addAll(TokenizerMetadata.of(model.path(), model.sizes().vocab(), metadata));
        } else {
            copy(metadata, "tokenizer.");
        }
        return metadata;
    }

    /// Takes over what the source file says under some keys, but for what is written anew.
    private void copy(Map<String, GgufValue> metadata, String prefix) {
        try (GgufFile source = GgufFile.open(model.path())) {
            GgufMetadata given = source.metadata();
            for (String key : given.keys()) {
                if (key.startsWith(prefix) && !key.equals("general.alignment")) {
                    metadata.putIfAbsent(key, given.stored(key));
                }
            }
        }
    }

    /// `llama_ftype` in llama.h.
    private static int fileType(BlockType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q4_1 -> 3;
            case Q8_0 -> 7;
            case BF16 -> 32;
            default -> throw new IllegalArgumentException("no file type for " + type);
        };
    }

    @Override
    public List<String> notes() {
        return notes;
    }
}
