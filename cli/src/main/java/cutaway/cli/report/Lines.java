package cutaway.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Lines of a report in the terminal, broken to its width.
final class Lines {

    /// Where lines may break: not between a number and its %, nor after the opening quote of a token.
    private static final Pattern BREAK = Pattern.compile(" (?!%)(?<!(?:^|[ :(])\" )");

    private final Ink ink;
    private final List<String> lines = new ArrayList<>();

    Lines(Ink ink) {
        this.ink = ink;
    }

    List<String> all() {
        return List.copyOf(lines);
    }

    void add(String line) {
        lines.add(line);
    }

    void title(String text) {
        add("");
        wrap(text, 0, 3).forEach(line -> add(ink.bold(line)));
    }

    /// Text broken between words, indented.
    void paragraph(String text) {
        wrap(text, 2, 2).forEach(this::add);
    }

    /// As [#paragraph], faint, with an indent of its own.
    void faint(String text, int indent) {
        wrap(text, indent, indent).forEach(line -> add(ink.faint(line)));
    }

    /// Text broken between words; what does not fit its first line is indented further.
    void item(String text, int indent) {
        wrap(text, indent, indent + 4).forEach(this::add);
    }

    private List<String> wrap(String text, int indent, int further) {
        List<String> wrapped = new ArrayList<>();
        StringBuilder line = new StringBuilder(" ".repeat(indent));
        boolean empty = true;
        for (String word : BREAK.split(text, -1)) {
            if (!empty && line.length() + 1 + word.length() > ink.width()) {
                wrapped.add(line.toString());
                line = new StringBuilder(" ".repeat(further));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        wrapped.add(line.toString());
        return wrapped;
    }
}
