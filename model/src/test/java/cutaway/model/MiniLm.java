package cutaway.model;

import cutaway.model.hub.Hub;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// MiniLM in the user's cache, for tests that need its weights.
public final class MiniLm {

    private MiniLm() {}

    /// Its folder; the calling test is skipped with a sentence where it is not there.
    public static Path folder() {
        Optional<Path> folder = Hub.made(Hub.MINILM);
        Assumptions.assumeTrue(
                folder.isPresent(), "skipped: MiniLM is not in the cache; run scripts/minilm to make it");
        return folder.orElseThrow();
    }
}
