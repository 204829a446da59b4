package cutaway.interp.whatif;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A prompt with columns of a table in braces: `An income of {income} thousand. Will the loan be repaid?`.
/// Two braces are one brace of the prompt.
public final class RowTemplate {

    private static final Pattern PART = Pattern.compile("\\{\\{|}}|\\{([^{}]*)}|[{}]");

    /// Either a text, or the column that stands there.
    ///
    /// @param column -1 for a text
    private record Part(String text, int column) {}

    private final List<Part> parts = new ArrayList<>();

    /// @throws BadInputException when a brace is open, a column is not of the table, or there is no column
    public RowTemplate(String text, Datapoints datapoints) {
        Matcher part = PART.matcher(text);
        int end = 0;
        while (part.find()) {
            parts.add(new Part(text.substring(end, part.start()), -1));
            String found = part.group();
            if (part.group(1) != null) {
                parts.add(new Part("", datapoints.index(part.group(1).strip())));
            } else if (found.length() == 2) {
                parts.add(new Part(found.substring(1), -1));
            } else {
                throw new BadInputException("the template has a single \"" + found
                        + "\"; put a column in braces, such as {"
                        + datapoints.names().getFirst()
                        + "}, and write a brace of the prompt twice.");
            }
            end = part.end();
        }
        parts.add(new Part(text.substring(end), -1));
        if (parts.stream().allMatch(each -> each.column < 0)) {
            throw new BadInputException("the template names no column, so that all rows would be one prompt; put one in"
                    + " braces: {" + String.join("}, {", datapoints.names()) + "}.");
        }
    }

    /// The columns that it names, by where they stand, each once, ascending.
    public List<Integer> columns() {
        return parts.stream()
                .map(Part::column)
                .filter(column -> column >= 0)
                .distinct()
                .sorted()
                .toList();
    }

    /// The prompt of a datapoint.
    public String filled(List<String> point) {
        StringBuilder prompt = new StringBuilder();
        parts.forEach(part -> prompt.append(part.column < 0 ? part.text : point.get(part.column)));
        return prompt.toString();
    }
}
