package cutaway.model.family;

import java.util.Map;
import java.util.Set;

/// Which settings the code of an unlisted type reads though most types do not. Where a type is not known to read such a
/// setting, a value that would change the mathematics is refused: its code may pass over it.
///
/// Each entry is from the type's code in transformers 5.23, and from a random model that agreed with it.
///
/// @param read what its code reads
/// @param window `sliding_window` where the settings do not state it
/// @param rotated `partial_rotary_factor` where the settings do not state it
record OwnSettings(Set<Kind> read, int window, double rotated) {

    enum Kind {
        /// `sliding_window`, of every layer where there are no `layer_types`.
        WINDOW,
        /// `layer_types`.
        LAYER_TYPES,
        /// A rotary scaling, of the layers without a window alone.
        SCALING_OF_FULL_LAYERS,
        /// Granite's `embedding_multiplier` and so on.
        MULTIPLIERS,
        /// `partial_rotary_factor`.
        PARTIAL_ROTARY,
        /// `tie_word_embeddings`, whose absence means true.
        TIED
    }

    private static final OwnSettings NONE = new OwnSettings(Set.of(), 0, 1);

    private static final Map<String, OwnSettings> BY_TYPE = Map.of(
            "cwm", new OwnSettings(Set.of(Kind.LAYER_TYPES), 8192, 1),
            "granite", new OwnSettings(Set.of(Kind.MULTIPLIERS), 0, 1),
            "ministral", new OwnSettings(Set.of(Kind.WINDOW, Kind.LAYER_TYPES), 4096, 1),
            "olmo3", new OwnSettings(Set.of(Kind.LAYER_TYPES, Kind.SCALING_OF_FULL_LAYERS), 4096, 1),
            "stablelm", new OwnSettings(Set.of(Kind.PARTIAL_ROTARY), 0, 0.25),
            "starcoder2", new OwnSettings(Set.of(Kind.WINDOW, Kind.TIED), 0, 1));

    static OwnSettings of(String modelType) {
        return BY_TYPE.getOrDefault(modelType, NONE);
    }

    boolean reads(Kind kind) {
        return read.contains(kind);
    }
}
