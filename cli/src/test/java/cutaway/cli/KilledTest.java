package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import cutaway.tensor.training.Checkpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands that are killed while they work, by Ctrl-C (SIGINT) and by signal 9, and given again: what they write has
/// the bytes of a run that nobody touched.
class KilledTest {

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void harvest() throws IOException {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
        String text = Files.writeString(
                        shared.resolve("text.txt"), "The cat sat on the mat, and the dog lay beside it. ".repeat(20))
                .toString();
        String acts = shared.resolve("acts").toString();
        run("harvest", text, "--sites", "resid_post[3]", "--order", "document", "--out", acts);
        run("harvest", text, "--sites", "resid_post[3]", "--no-sinks", "--out", acts + "-shuffled");
        String[] small = {"--width", "64", "--k", "4", "--batch", "64", "--steps", "20"};
        run(with(
                small,
                "train",
                "dictionary",
                "--activations",
                acts + "-shuffled",
                "--site",
                "resid_post[3]",
                "--out",
                shared.resolve("resid-3").toString()));
        run(with(
                training(),
                "train",
                "dictionary",
                "--out",
                shared.resolve("many").toString()));
        run(with(new String[] {"--out", shared.resolve("pages").toString()}, pagesOf()));
    }

    private static String[] training() {
        return new String[] {
            "--activations",
            shared.resolve("acts-shuffled").toString(),
            "--site",
            "resid_post[3]",
            "--width",
            "64,96",
            "--k",
            "2,4",
            "--batch",
            "64",
            "--steps",
            "800",
            "--keep-every",
            "50"
        };
    }

    private static String[] pagesOf() {
        return new String[] {
            "features",
            "pages",
            shared.resolve("resid-3").toString(),
            "--activations",
            shared.resolve("acts").toString(),
            "--dose",
            "4",
            "--dose-examples",
            "1"
        };
    }

    private static String[] with(String[] last, String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(last));
        return all.toArray(String[]::new);
    }

    private static void run(String... args) {
        StringWriter err = new StringWriter();
        int code = Cutaway.execute(
                Cutaway.commandLine()
                        .setOut(new PrintWriter(new StringWriter()))
                        .setErr(new PrintWriter(err)),
                args);
        assertEquals(0, code, err::toString);
    }

    /// In a process of its own, which Ctrl-C reaches even where this one is in the background of a shell.
    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "cutaway.cli.Cutaway"));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said.txt").toFile())
                .start();
    }

    /// Waits until a command has got somewhere, and kills it.
    private void killed(String signal, BooleanSupplier reached, String... args)
            throws IOException, InterruptedException {
        Process env = new ProcessBuilder("env", "--default-signal=INT", "true").start();
        Assumptions.assumeTrue(env.waitFor() == 0, "skipped: this system's env resets no signals");
        Process process = start(args);
        while (process.isAlive() && !reached.getAsBoolean()) {
            Thread.sleep(5);
        }
        assertTrue(process.isAlive(), () -> "it ended before it was killed: " + said());
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        if (signal.equals("INT")) {
            assertEquals(130, process.exitValue(), this::said);
            assertTrue(said().contains("the same command goes on from there"), this::said);
        }
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said.txt"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String finished(String... args) throws IOException, InterruptedException {
        Process process = start(args);
        assertEquals(0, process.waitFor(), this::said);
        return said();
    }

    private static void assertSameFile(Path expected, Path found) throws IOException {
        assertEquals(-1, Files.mismatch(expected, found), found.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void severalDictionariesGoOn(String signal) throws IOException, InterruptedException {
        Path many = folder.resolve("many");
        String[] command = with(training(), "train", "dictionary", "--out", many.toString());
        List<String> names = List.of("width-64-k-2", "width-64-k-4", "width-96-k-2", "width-96-k-4");
        Path state = folder.resolve("many.training");
        killed(
                signal,
                () -> names.stream()
                        .allMatch(name -> Files.exists(state.resolve(name).resolve(Checkpoint.FILE))),
                command);
        assertTrue(Files.exists(state) && Files.notExists(many));
        String said = finished(command);
        assertTrue(said.contains("goes on after "), said);
        for (String name : names) {
            for (String file : List.of("sae_weights.safetensors", "cfg.json")) {
                assertSameFile(
                        shared.resolve("many").resolve(name).resolve(file),
                        many.resolve(name).resolve(file));
            }
        }
        assertFalse(Files.exists(state));
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void featurePagesGoOn(String signal) throws IOException, InterruptedException {
        Path pages = folder.resolve("pages");
        String[] command = with(new String[] {"--out", pages.toString()}, pagesOf());
        Path doses = folder.resolve("pages.partial").resolve("doses.jsonl");
        killed(signal, () -> isWritten(doses), command);
        assertTrue(Files.notExists(pages));
        finished(command);
        try (Stream<Path> files = Files.list(shared.resolve("pages"))) {
            for (Path file : files.toList()) {
                assertSameFile(file, pages.resolve(file.getFileName()));
            }
        }
        assertFalse(Files.exists(folder.resolve("pages.partial")));
    }

    private static boolean isWritten(Path file) {
        try {
            return Files.exists(file) && Files.size(file) > 0;
        } catch (IOException e) {
            return false; // it is being made
        }
    }
}
