package cutaway.cli.report;

import java.util.ArrayList;
import java.util.List;

/// Lines of a report in the terminal, broken to its width.
final class Lines {

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
        add(ink.bold(text));
    }

    /// Text broken between words, indented.
    void paragraph(String text) {
        StringBuilder line = new StringBuilder("  ");
        for (String word : text.split(" ", -1)) {
            if (line.length() > 2 && line.length() + word.length() + 1 > ink.width()) {
                add(line.toString());
                line = new StringBuilder("  ");
            }
            line.append(line.length() > 2 ? " " : "").append(word);
        }
        add(line.toString());
    }
}
