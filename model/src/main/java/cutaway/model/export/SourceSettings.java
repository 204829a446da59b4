package cutaway.model.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The config.json of a folder whose `model_type` is on no family's list: nothing but the folder's own settings
/// says how its type spells them, so they are kept.
final class SourceSettings {

    private SourceSettings() {}

    /// @param folder that the model was opened from
    /// @param dtype that the weights are written in, as transformers calls it
    static Map<String, @Nullable Object> of(Path folder, String dtype) {
        Map<String, @Nullable Object> settings = new TreeMap<>(JsonMapper.shared()
                .readValue(folder.resolve("config.json").toFile(), new TypeReference<Map<String, Object>>() {}));
        settings.remove("auto_map"); // code of the folder, which is not written
        List.of("dtype", "torch_dtype").forEach(name -> settings.replace(name, dtype));
        if (!settings.containsKey("dtype")) {
            settings.put("torch_dtype", dtype);
        }
        return settings;
    }
}
