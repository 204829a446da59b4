package cutaway.interp.effects;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.table.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectAgreementTest {

    /// A row as files had it before there were features.
    private record Earlier(
            int pair,
            String site,
            @Nullable Integer layer,
            @Nullable Integer head,
            @Nullable Integer neuron,
            @Nullable Integer position,
            @Nullable Integer lastPosition,
            @Nullable String role,
            @Nullable String receiver,
            @Nullable Integer receiverLayer,
            @Nullable Integer receiverHead,
            double value,
            double effect,
            @Nullable Double recovered) {}

    private static final Map<String, String> FACTS =
            Map.of("method", "patch", "sha256", "a", "metric", "margin", "pair 0", "{}");

    private static Effect feature(int index, double effect) {
        return new Effect(
                0, "feature", 3, null, null, "sae", index, null, null, null, null, null, null, effect, effect, null);
    }

    private static Effect head(int head, double effect) {
        return new Effect(
                0, "head_z", 3, head, null, null, null, null, null, null, null, null, null, effect, effect, null);
    }

    @Test
    void filesWithoutFeaturesAreRead(@TempDir Path folder) {
        Path earlier = folder.resolve("earlier.parquet");
        Table.write(
                earlier,
                Earlier.class,
                List.of(
                        new Earlier(0, "head_z", 3, 1, null, null, null, null, null, null, null, 2, 2, null),
                        new Earlier(0, "head_z", 3, 2, null, null, null, null, null, null, null, 1, 1, null)),
                FACTS);
        Path now = folder.resolve("now.parquet");
        Table.write(now, Effect.class, List.of(head(1, 2), head(2, 1), feature(1, 5), feature(2, 7)), FACTS);
        assertEquals(2, EffectAgreement.of(earlier, now, 1, 1, 0).questions().size());
        assertEquals(
                List.of("head_z[3.1]", "head_z[3.2]", "feature[sae:1]", "feature[sae:2]").stream()
                        .sorted()
                        .toList(),
                EffectAgreement.of(now, now, 1, 1, 0).questions().stream()
                        .map(Question::text)
                        .sorted()
                        .toList());
    }
}
