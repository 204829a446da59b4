package cutaway.model;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// The default model in the user's cache, for tests that need real weights or the real tokenizer.
public final class DefaultModel {

    private DefaultModel() {}

    /// The GGUF of SmolLM2-135M-Instruct; the calling test is skipped with a sentence when it is not there.
    public static Path gguf() {
        Path file = cache().resolve("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
        Assumptions.assumeTrue(
                Files.isRegularFile(file),
                () -> "skipped: the default model is not at " + file + "; open it once with Cutaway to fetch it");
        return file;
    }

    private static Path cache() {
        String own = System.getenv("CUTAWAY_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        return (xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("cutaway");
    }
}
