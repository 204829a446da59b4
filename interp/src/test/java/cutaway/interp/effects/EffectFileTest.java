package cutaway.interp.effects;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.DefaultModel;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.table.Query;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a sweep leaves on disk, also where it does not come to its end.
class EffectFileTest {

    private static final List<PromptPair> PAIRS = List.of(
            PromptPair.of("The sky is blue and the grass is", "The sky is blue and the snow is", " green", " white"),
            PromptPair.of("The sun is hot and the ice is", "The ice is cold and the sun is", " cold", " hot"));
    private static final EffectSweep SWEEP =
            EffectSweep.of(new ActivationPatching(Direction.NOISE), "resid_mid[3..20]@each", "head_z[20..29.*]");
    private static final Map<String, String> FACTS = Map.of("model", "the default one");

    private static final Model MODEL = DefaultModel.open();

    @TempDir
    private Path folder;

    @AfterAll
    static void close() {
        MODEL.close();
    }

    /// Stops the sweep in its second pair, after some of its questions.
    private static final class Interrupted implements EffectSweep.Progress {
        private final List<Integer> resumed = new ArrayList<>();
        private final int most;

        Interrupted(int most) {
            this.most = most;
        }

        @Override
        public void questions(Pair pair, int done, int all) {
            if (pair.index() == 1 && done > most) {
                throw new IllegalStateException("interrupted");
            }
        }

        @Override
        public void resumed(int known) {
            resumed.add(known);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void anInterruptedSweepGoesOn() throws IOException {
        EffectFile file = new EffectFile(folder.resolve("effects.parquet"));
        Effects whole = SWEEP.run(MODEL, PAIRS);
        Interrupted first = new Interrupted(0);
        assertThrows(
                IllegalStateException.class,
                () -> file.run(SWEEP, MODEL, PAIRS, FACTS, EffectSweep.USUAL_BYTES, first));
        assertEquals(1, files().size(), files().toString());
        Path partial = folder.resolve(files().getFirst());
        String kept = Files.readString(partial);
        Files.writeString(partial, kept + "1 99"); // a line that was being written

        // another question does not go on with it
        Interrupted other = new Interrupted(100_000);
        file.run(EffectSweep.of(new DirectLogits()), MODEL, PAIRS, FACTS, EffectSweep.USUAL_BYTES, other);
        assertTrue(other.resumed.isEmpty());

        Interrupted second = new Interrupted(100_000);
        Effects resumed = file.run(SWEEP, MODEL, PAIRS, FACTS, EffectSweep.USUAL_BYTES, second);
        assertEquals(List.of((int) kept.lines().count()), second.resumed);
        assertEquals(List.of("effects.parquet"), files());
        assertEquals(whole.rows().size(), resumed.rows().size());
        for (int i = 0; i < whole.rows().size(); i++) {
            assertEquals(whole.rows().get(i).question(), resumed.rows().get(i).question());
            assertEquals(whole.rows().get(i).value(), resumed.rows().get(i).value(), 1e-4);
        }
    }

    /// A pooled search draws the same pools again, and knows what they showed.
    @Test
    void anInterruptedPooledSearchGoesOn() throws IOException {
        EffectSweep sweep = EffectSweep.of(new ActivationPatching(Direction.NOISE), "head_z[10..29.*]")
                .pooled(0.5);
        EffectFile file = new EffectFile(folder.resolve("effects.parquet"));
        Interrupted first = new Interrupted(0);
        assertThrows(
                IllegalStateException.class,
                () -> file.run(sweep, MODEL, PAIRS, FACTS, EffectSweep.USUAL_BYTES, first));
        String kept = Files.readString(folder.resolve(files().getFirst()));
        assertTrue(kept.lines().anyMatch(line -> line.startsWith("1 ")), kept);

        Interrupted second = new Interrupted(100_000);
        Effects resumed = file.run(sweep, MODEL, PAIRS, FACTS, EffectSweep.USUAL_BYTES, second);
        assertEquals(List.of((int) kept.lines().count()), second.resumed);
        Effects whole = sweep.run(MODEL, PAIRS);
        assertEquals(
                whole.rows().stream().map(Effect::question).toList(),
                resumed.rows().stream().map(Effect::question).toList());
        assertTrue(
                whole.searches().get(1).startsWith(resumed.searches().get(1)),
                resumed.searches().toString());
        assertFalse(resumed.searches().get(1).contains("computed"), "not all of it was computed now");
    }

    /// What is in the file is what was found, row by row, with the names that are promised.
    @Test
    void theFileHoldsTheRows() {
        Path out = folder.resolve("effects.parquet");
        Effects found =
                new EffectFile(out).run(SWEEP, MODEL, PAIRS, FACTS, EffectSweep.USUAL_BYTES, (pair, done, all) -> {});
        List<List<Object>> rows = Query.run(
                        "select pair, site, layer, head, position, value, effect, recovered from effects", List.of(out))
                .rows();
        assertEquals(found.rows().size(), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Effect row = found.rows().get(i);
            List<Object> expected = new ArrayList<>(List.of(row.pair(), row.site()));
            expected.add(row.layer());
            expected.add(row.head());
            expected.add(row.position());
            expected.addAll(List.of(row.value(), row.effect()));
            expected.add(row.recovered());
            assertEquals(expected.toString(), rows.get(i).toString());
        }
    }

    /// A sweep that is refused after the pair's own runs leaves nothing behind.
    @Test
    void aRefusedSweepLeavesNothing() throws IOException {
        Path inside = folder.resolve("made/effects.parquet");
        EffectSweep sweep = EffectSweep.of(new PathEffects(Direction.DENOISE, List.of("head_q[99.0]")), "head_z[0.0]");
        assertThrows(
                BadInputException.class,
                () -> new EffectFile(inside)
                        .run(sweep, MODEL, PAIRS, FACTS, EffectSweep.USUAL_BYTES, (pair, done, all) -> {}));
        assertEquals(List.of(), files());
    }

    @Test
    void otherFilesAreRefused() {
        assertThrows(BadInputException.class, () -> new EffectFile(folder.resolve("effects.csv")));
        assertThrows(BadInputException.class, () -> new EffectFile(Path.of("/proc/none/effects.parquet")));
        assertFalse(Files.exists(folder.resolve("effects.csv")));
    }
}
