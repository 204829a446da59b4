package cutaway.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A process that has opened the model and answers questions, a line of JSON each.
final class Contestant implements AutoCloseable {

    /// What would keep a library from the kernels that it has for this processor.
    private static final Set<String> PINS = Set.of(
            "OPENBLAS_CORETYPE",
            "OPENBLAS_L2_SIZE",
            "MKL_ENABLE_INSTRUCTIONS",
            "MKL_DEBUG_CPU_TYPE",
            "ONEDNN_MAX_CPU_ISA",
            "ATEN_CPU_CAPABILITY");

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter questions;
    private final JsonNode opened;

    /// Starts it and waits until it is ready.
    Contestant(String name, Path home, List<String> command) {
        this.name = name;
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(home.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().keySet().removeAll(PINS);
            this.process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        this.opened = read();
    }

    String name() {
        return name;
    }

    /// What it said when it was ready: its version, torch's and the threads, as far as it has them.
    JsonNode opened() {
        return opened;
    }

    JsonNode ask(Question question) {
        questions.println(JsonMapper.shared().writeValueAsString(question));
        JsonNode answer = read();
        if (answer.has("error")) {
            throw new IllegalStateException(name + " on " + question.task() + ": "
                    + answer.path("error").asString());
        }
        return answer;
    }

    private JsonNode read() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " ended before it answered");
            }
            return JsonMapper.shared().readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        questions.close();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
