package cutaway.model.export;

import cutaway.model.Model;
import cutaway.model.export.Plan.Weight;
import cutaway.model.gguf.BlockType;
import cutaway.model.tokenizer.TokenizerFiles;
import cutaway.tensor.safetensors.Dtype;
import cutaway.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A Hugging Face folder: config.json, model.safetensors, and the tokenizer's files.
final class FolderTarget implements Target {

    private final Model model;
    private final BlockType type;
    private final Plan plan;
    private final List<String> notes = new ArrayList<>();
    private Arena arena = Arena.ofShared();

    FolderTarget(Model model, BlockType type) {
        this.model = model;
        this.type = type;
        this.plan = Plan.forFolder(model, transformersName(type));
    }

    private static String transformersName(BlockType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            default -> throw new IllegalArgumentException("a folder holds no " + type);
        };
    }

    @Override
    public String name() {
        return "hf";
    }

    @Override
    public Plan plan() {
        return plan;
    }

    @Override
    public String typeName() {
        return type.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public BlockType coarsest() {
        return type;
    }

    @Override
    public void write(Path path, Progress progress) throws IOException {
        Files.createDirectory(path);
        Map<String, @Nullable Object> config = plan.settings();
        config.putAll(TokenizerFiles.ids(model.path()));
        Files.writeString(
                path.resolve("config.json"),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        Dtype dtype = Dtype.valueOf(type.name());
        int done = 0;
        for (Weight weight : plan.weights()) {
            double part = (double) done++ / plan.weights().size();
            List<Long> shape = Arrays.stream(weight.shape().dims()).boxed().toList();
            writer.add(weight.name(), dtype, shape, () -> {
                progress.at("write " + weight.name(), part);
                arena.close(); // of the weight before
                arena = Arena.ofShared();
                return Contents.of(weight, type, arena);
            });
        }
        try {
            writer.write(path.resolve("model.safetensors"));
        } finally {
            arena.close();
        }
        notes.addAll(TokenizerFiles.write(model.path(), path));
    }

    @Override
    public List<String> notes() {
        return notes;
    }
}
