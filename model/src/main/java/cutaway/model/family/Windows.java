package cutaway.model.family;

import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Reads which layers see a sliding window of positions only; a window of 0 means all positions.
final class Windows {

    private Windows() {}

    /// `layer_types`, or by a rule where the settings do not list them.
    ///
    /// @param window positions that a query of a sliding layer sees, its own among them
    /// @param slides whether a layer slides, where nothing says so
    static List<Integer> fromHuggingFace(Settings config, int layers, int window, IntPredicate slides) {
        List<String> types = config.has("layer_types")
                ? config.strings("layer_types")
                : IntStream.range(0, layers)
                        .mapToObj(layer -> slides.test(layer) ? "sliding_attention" : "full_attention")
                        .toList();
        config.ignore("layer_types");
        if (types.size() != layers) {
            throw config.wrong("layer_types", "one of full_attention and sliding_attention for each layer");
        }
        return types.stream()
                .map(type -> switch (type) {
                    case "full_attention" -> 0;
                    case "sliding_attention" -> {
                        if (window == 0) {
                            throw config.wrong("layer_types", "full_attention, as no sliding_window is set");
                        }
                        yield window;
                    }
                    default -> throw config.wrong("layer_types", "full_attention and sliding_attention");
                })
                .toList();
    }

    /// `attention.sliding_window` with its pattern: a list of flags, or a period whose last layer sees everything.
    ///
    /// @param period where the file states no pattern
    static List<Integer> fromGguf(Settings metadata, String arch, int layers, int window, int period) {
        String key = arch + ".attention.sliding_window_pattern";
        if (metadata.isList(key)) {
            List<Boolean> slides = metadata.flags(key);
            if (slides.size() < layers) {
                throw metadata.wrong(key, "one flag for each layer");
            }
            return slides.subList(0, layers).stream()
                    .map(flag -> flag ? window : 0)
                    .toList();
        }
        int every = metadata.size(key, period);
        return IntStream.range(0, layers)
                .mapToObj(layer -> layer % every < every - 1 ? window : 0)
                .toList();
    }

    static List<Integer> everywhere(int layers, int window) {
        return Collections.nCopies(layers, window);
    }
}
