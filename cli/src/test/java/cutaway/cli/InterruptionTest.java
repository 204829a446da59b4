package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sweep that is interrupted while it computes, and goes on.
class InterruptionTest {

    @TempDir
    private Path folder;

    private Process sweep() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "cutaway.cli.Cutaway",
                        "sweep",
                        Path.of("../docs/examples/names.json").toAbsolutePath().toString(),
                        "--sites",
                        "head_z[15..29.*]",
                        "--out",
                        "heads.parquet")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatWasMeasuredIsKeptAndNothingElseIsLeft() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache");
        Process first = sweep();
        while (first.isAlive() && measured() < 100) {
            Thread.sleep(20);
        }
        first.toHandle().destroy(); // asks it to end, as Ctrl-C does
        assertTrue(first.waitFor(60, TimeUnit.SECONDS), "it ends");
        assertEquals(130, first.exitValue(), said(first));
        assertEquals(1, files().size(), files().toString()); // no table, no report of a crash
        long known = measured();
        assertTrue(known >= 100 && known < 8 * 135, "measured: " + known);

        Process second = sweep();
        String said = said(second);
        assertEquals(0, second.waitFor(), said);
        assertTrue(said.contains("goes on with " + known + " values"), said);
        assertEquals(List.of("heads.parquet"), files());
        assertFalse(said.contains("exception"), said);
    }

    /// Lines of what the sweep has kept so far.
    private long measured() throws IOException {
        for (String file : files()) {
            if (file.endsWith(".partial")) {
                try (Stream<String> lines = Files.lines(folder.resolve(file))) {
                    return lines.count();
                }
            }
        }
        return 0;
    }

    private static String said(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
