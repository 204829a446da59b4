package cutaway.interp.prompts;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How a text is taken apart into texts that are read each by itself.
public enum TextSplit {
    /// A text a line.
    LINES {
        @Override
        public List<String> of(String text) {
            return text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    },
    /// A text a sentence, as the rules of Unicode for English find them; a line ends one too.
    SENTENCES {
        @Override
        public List<String> of(String text) {
            List<String> sentences = new ArrayList<>();
            for (String line : LINES.of(text)) {
                BreakIterator breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
                breaks.setText(line);
                int from = 0;
                for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
                    sentences.add(line.substring(from, to).strip());
                    from = to;
                }
            }
            return sentences;
        }
    };

    /// Without those that are empty.
    public abstract List<String> of(String text);
}
