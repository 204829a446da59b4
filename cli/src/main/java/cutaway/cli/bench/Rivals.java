package cutaway.cli.bench;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs measurements in processes of their own: Cutaway's, and its rivals' by `scripts/bench/rivals`.
public final class Rivals {

    private final Path home;

    /// @param home the project's folder, which holds the launcher and the scripts
    /// @throws BadInputException when there is no such folder: the bench is part of the project, not of the library
    public Rivals(Path home) {
        if (!Files.isExecutable(home.resolve("scripts/bench/rivals"))) {
            throw new BadInputException("the bench needs scripts/bench/rivals, which is not in " + home
                    + "; run ./cutaway bench in a clone of the project.");
        }
        this.home = home;
    }

    /// One measurement of transformers; the script's `--help` says what it prints.
    public JsonNode transformers(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(home.resolve("scripts/bench/rivals").toString(), "--wait", "60"));
        command.addAll(Arrays.asList(arguments));
        return json(command);
    }

    /// One measurement of Cutaway.
    public JsonNode cutaway(String... arguments) {
        List<String> command = new ArrayList<>(List.of(home.resolve("cutaway").toString(), "bench"));
        command.addAll(Arrays.asList(arguments));
        return json(command);
    }

    /// Milliseconds from the start of `./cutaway explain` to the line that shows the answer; the best of a few.
    public double firstAnswerMs(String model, String prompt, int times) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < times; i++) {
            best = Math.min(best, firstAnswerMs(model, prompt));
        }
        return best;
    }

    private double firstAnswerMs(String model, String prompt) {
        long start = System.nanoTime();
        Process process = start(List.of(home.resolve("cutaway").toString(), "explain", prompt, "--model", model), true);
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains(" → ")) {
                    return (System.nanoTime() - start) / 1e6;
                }
            }
            throw new IllegalStateException("./cutaway explain gave no answer");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    /// The line of JSON that a command prints.
    JsonNode json(List<String> command) {
        Process process = start(command, false);
        try (var out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed; it said why above");
            }
            return JsonMapper.shared().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command + " was measured", e);
        }
    }

    private Process start(List<String> command, boolean quiet) {
        try {
            return new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectError(quiet ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
