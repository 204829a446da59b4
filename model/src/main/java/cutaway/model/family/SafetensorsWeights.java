package cutaway.model.family;

import cutaway.model.gguf.BlockType;
import cutaway.model.weights.WeightMemory;
import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import cutaway.tensor.RegularFile;
import cutaway.tensor.Shape;
import cutaway.tensor.safetensors.Entry;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Weights in a Hugging Face folder: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
public final class SafetensorsWeights extends Weights {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final List<SafetensorsFile> shards = new ArrayList<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    public SafetensorsWeights(Path folder, WeightMemory memory) {
        super(memory);
        this.folder = folder;
        try {
            for (Path shard : shards(folder)) {
                SafetensorsFile file = SafetensorsFile.open(shard);
                shards.add(file);
                for (String name : file.names()) {
                    if (entries.put(name, file.entry(name)) != null) {
                        throw new BadInputException(folder + ": the weight " + name + " stands in two shards.");
                    }
                }
            }
        } catch (RuntimeException e) {
            closeFile();
            throw e;
        }
    }

    private static List<Path> shards(Path folder) {
        if (Files.exists(folder.resolve(SINGLE))) {
            return List.of(folder.resolve(SINGLE));
        }
        Path index = folder.resolve(INDEX);
        if (!Files.exists(index)) {
            throw new BadInputException(folder + " holds neither " + SINGLE + " nor " + INDEX
                    + "; expected a Hugging Face folder with safetensors.");
        }
        RegularFile.check(index, "a list of shards");
        try {
            JsonNode map = JsonMapper.shared().readTree(index.toFile()).path("weight_map");
            Set<String> files = new TreeSet<>();
            for (JsonNode file : map.values()) {
                if (!file.isString()) {
                    throw new BadInputException(index + " lists a shard that is no name; expected weight_map to give"
                            + " the name of a file for each weight.");
                }
                files.add(file.asString());
            }
            if (files.isEmpty()) {
                throw new BadInputException(index + " has no weight_map; expected the list of shards.");
            }
            return files.stream().map(name -> inside(folder, name)).toList();
        } catch (JacksonException e) {
            throw new BadInputException(index + " is not JSON (" + JsonFault.of(e) + ").", e);
        }
    }

    private static Path inside(Path folder, String name) {
        Path file = SafePath.inside(folder, name);
        if (file == null || !Files.isRegularFile(file)) {
            throw new BadInputException(
                    folder + ": " + INDEX + " names the shard " + name + ", which is no file in the folder.");
        }
        return file;
    }

    @Override
    Set<String> names() {
        return entries.keySet();
    }

    @Override
    Shape storedShape(String name) {
        return new Shape(entry(name).shape().stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    Stored stored(String name) {
        Entry entry = entry(name);
        BlockType type = switch (entry.dtype()) {
            case F32 -> BlockType.F32;
            case F16 -> BlockType.F16;
            case BF16 -> BlockType.BF16;
            default ->
                throw new BadInputException("%s: weight %s is stored as %s; expected F32, F16 or BF16."
                        .formatted(folder, name, entry.dtype()));
        };
        return new Stored(type, entry.bytes());
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new BadInputException(folder + " holds no weight " + name + ".");
        }
        return entry;
    }

    @Override
    String where() {
        return folder.toString();
    }

    @Override
    void closeFile() {
        shards.forEach(SafetensorsFile::close);
    }
}
