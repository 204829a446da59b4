package cutaway.interp;

import cutaway.model.Model;
import cutaway.model.hub.CachedModel;
import cutaway.model.hub.Hub;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// The default model, for tests that need a real one.
public final class DefaultModel {

    private DefaultModel() {}

    /// Opens it from the user's cache; the calling test is skipped with a sentence when it is not there.
    public static Model open() {
        Optional<CachedModel> cached = Hub.cached().stream()
                .filter(model -> model.name().equals(Hub.DEFAULT))
                .findFirst();
        Assumptions.assumeTrue(
                cached.isPresent(), "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
        return Model.open(cached.orElseThrow().path());
    }
}
