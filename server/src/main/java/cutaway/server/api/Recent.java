package cutaway.server.api;

import java.util.LinkedHashMap;
import java.util.Map;

/// What was put in last; the rest is forgotten.
public final class Recent {

    private Recent() {}

    /// An empty map that forgets what was put in first when it has more than so many; for one thread at a time.
    public static <K, V> Map<K, V> map(int most) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }
}
