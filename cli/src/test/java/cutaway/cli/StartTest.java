package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.table.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A verb loads the big native libraries that it needs and no other: each costs a start much of a second.
class StartTest {

    private record Row(int number) {}

    @TempDir
    private Path folder;

    @Test
    void helpLoadsNeither() throws Exception {
        String classes = classesOf("--help");
        assertTrue(classes.contains("cutaway.cli.Query"), "the verb was not seen: the list of classes says nothing");
        assertEquals(List.of(), loaded(classes, "org.duckdb."));
        assertEquals(List.of(), loaded(classes, "org.bytedeco."));
    }

    @Test
    void queryLoadsDuckDbAlone() throws Exception {
        Table.write(folder.resolve("numbers.parquet"), Row.class, List.of(new Row(1)), Map.of());
        String classes = classesOf("query", "FROM numbers", "--in", folder.toString());
        assertTrue(classes.contains(" org.duckdb."), "DuckDB was not seen: the list of classes says nothing");
        assertEquals(List.of(), loaded(classes, "org.bytedeco."));
    }

    @Test
    void withoutRoomForDuckDbIsOneSentence() throws Exception {
        Table.write(folder.resolve("numbers.parquet"), Row.class, List.of(new Row(1)), Map.of());
        Process run = start(
                "-Djava.io.tmpdir=" + folder.resolve("missing"), "query", "FROM numbers", "--in", folder.toString());
        String said = said(run);
        assertEquals(2, run.waitFor(), said);
        assertTrue(
                said.contains("cutaway: DuckDB's native library cannot be loaded (" + folder.resolve("missing")), said);
    }

    private static List<String> loaded(String classes, String prefix) {
        return classes.lines().filter(line -> line.contains("] " + prefix)).toList();
    }

    private String classesOf(String... arguments) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.txt");
        Process run = start("-Xlog:class+load:file=" + log, arguments);
        String said = said(run);
        assertEquals(0, run.waitFor(), said);
        return Files.readString(log);
    }

    private static Process start(String option, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                "cutaway.cli.Cutaway"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String said(Process run) throws IOException {
        return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
