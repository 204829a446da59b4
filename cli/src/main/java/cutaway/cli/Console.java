package cutaway.cli;

import cutaway.server.api.Shell;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// What every verb shares: results on stdout, as text or as JSON; progress on stderr.
///
/// A reader of stdout that has gone (`| head`) is no failure: what is printed then is lost, quietly.
final class Console {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /// Progress is told this often, in nanoseconds.
    private static final long PAUSE = 1_000_000_000L;

    /// Whether progress goes to a terminal, where a line can be written over.
    static final boolean OVERWRITES =
            System.console() != null && System.console().isTerminal();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private long told = System.nanoTime();

    private String begun = "";

    /// Whether the user asked for JSON.
    boolean isJson() {
        return json;
    }

    /// Prints a record as one line of JSON.
    void json(Object result) {
        out().println(compact(result));
    }

    /// JSON in one line.
    String compact(Object result) {
        return JSON.writeValueAsString(result);
    }

    /// Prints a line of text.
    void line(String format, Object... values) {
        out().println(String.format(Locale.ROOT, format, values).stripTrailing());
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /// Says on stderr what a user is to know beside the result.
    void note(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("cutaway: " + text);
        err.flush();
    }

    /// Says on stderr what is being done, at most once a second.
    ///
    /// @param part of it that is done, 0 to 1
    void progress(String what, double part) {
        progress(String.format(Locale.ROOT, "%s, %.0f %%", what, 100 * part));
    }

    /// Says on stderr what is being done, at most once a second.
    void progress(String what) {
        long now = System.nanoTime();
        if (now - told >= PAUSE) {
            told = now;
            note(what);
        }
    }

    /// Says on stderr which step of a long work is going on: on a terminal in one line that is written over, else
    /// once a step.
    void step(String step, String done) {
        PrintWriter err = spec.commandLine().getErr();
        if (OVERWRITES) {
            err.print("\r\u001b[K" + step + (done.isEmpty() ? "" : ": " + done));
        } else if (done.isEmpty()) {
            err.println("cutaway: " + step);
        }
        err.flush();
    }

    /// As [#step(String, String)], of a step that is made of parts: begun when it is first named.
    void step(String step, int done, int all) {
        if (!step.equals(begun)) {
            begun = step;
            step(step, "");
        }
        step(step, done + " of " + all);
    }

    /// Clears the line of the last step.
    void stepsDone() {
        if (OVERWRITES) {
            PrintWriter err = spec.commandLine().getErr();
            err.print("\r\u001b[K");
            err.flush();
        }
    }

    /// The command that repeats this one.
    String command() {
        return command(Set.of(), Set.of());
    }

    /// The same without some options.
    ///
    /// @param valued names of options that a value follows, as `--out FILE` or `--out=FILE`
    /// @param flags names of options without a value
    String command(Set<String> valued, Set<String> flags) {
        List<String> words = new ArrayList<>();
        boolean skipped = false;
        for (String word : spec.root().commandLine().getParseResult().originalArgs()) {
            boolean leave = skipped || flags.contains(word) || valued.contains(word.replaceFirst("=.*", ""));
            skipped = !skipped && valued.contains(word);
            if (!leave) {
                words.add(word);
            }
        }
        StringBuilder command = new StringBuilder("./cutaway");
        for (String word : words) {
            command.append(' ').append(word.matches("[\\w./:=-]+") ? word : Shell.quoted(word));
        }
        return command.toString();
    }

    /// JSON over many lines, for a file.
    String pretty(Object result) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
    }

    /// A token or text in quotes, so that its spaces and line breaks can be seen.
    static String quoted(String text) {
        return JSON.writeValueAsString(text);
    }
}
