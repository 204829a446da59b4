package cutaway.interp.prompts;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which positions of a prompt are asked about, one question for each of its items.
///
/// @param items at least one
public record PositionChoice(List<Item> items) {

    static final List<String> RESERVED = List.of("all", "each", "last");

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,7}");
    private static final Pattern SPAN = Pattern.compile("(\\d{1,7})\\.\\.(\\d{1,7})");
    private static final Pattern NAME = Pattern.compile("\\p{L}[\\p{L}\\p{N}_]*");

    public PositionChoice {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new BadInputException("no positions were chosen; give all, each, last, numbers, spans or roles.");
        }
    }

    /// What one item of a choice stands for.
    public sealed interface Item {

        /// All positions together, as one question.
        record All() implements Item {}

        /// Every position, a question each.
        record Each() implements Item {}

        /// One position; from -1 backwards it counts from the end.
        record At(int position) implements Item {}

        /// Several positions together, both ends included.
        record Span(int first, int last) implements Item {}

        /// The tokens of a part of the prompt, together.
        record Role(String name) implements Item {}

        /// As [PositionChoice#parse] reads it.
        default String text() {
            return switch (this) {
                case All() -> "all";
                case Each() -> "each";
                case At(int position) -> position == -1 ? "last" : String.valueOf(position);
                case Span(int first, int last) -> first + ".." + last;
                case Role(String name) -> name;
            };
        }
    }

    public static final PositionChoice ALL = new PositionChoice(List.of(new Item.All()));

    public static final PositionChoice EACH = new PositionChoice(List.of(new Item.Each()));

    public static final PositionChoice LAST = new PositionChoice(List.of(new Item.At(-1)));

    static boolean isReserved(String name) {
        return RESERVED.contains(name);
    }

    /// Reads `all`, `each`, `last`, `3`, `-2`, `3..5` and names of roles, joined by `+`.
    ///
    /// @throws BadInputException when it is something else
    public static PositionChoice parse(String text) {
        List<Item> items = new ArrayList<>();
        for (String part : text.split("\\+", -1)) {
            items.add(item(part.strip(), text));
        }
        return new PositionChoice(items);
    }

    private static Item item(String part, String text) {
        Matcher span = SPAN.matcher(part);
        if (span.matches()) {
            int first = Integer.parseInt(span.group(1));
            int last = Integer.parseInt(span.group(2));
            if (first > last) {
                throw new BadInputException(
                        "the positions %s run backwards; give %d..%d.".formatted(part, last, first));
            }
            return new Item.Span(first, last);
        }
        if (NUMBER.matcher(part).matches()) {
            return new Item.At(Integer.parseInt(part));
        }
        return switch (part) {
            case "all" -> new Item.All();
            case "each" -> new Item.Each();
            case "last" -> new Item.At(-1);
            default -> {
                if (!NAME.matcher(part).matches()) {
                    throw new BadInputException("the positions \"" + text
                            + "\" are not known; give all, each, last, 3, -2, 3..5 or a role's name, joined by +.");
                }
                yield new Item.Role(part);
            }
        };
    }

    /// Positions that one question is about.
    ///
    /// @param role its name, where it was chosen by one, or `last`: with one it is the same question in prompts of
    ///     any length; empty otherwise
    /// @param first the first one
    /// @param last the last one
    /// @param isAll whether all were asked for: the same question in prompts of any length
    public record Chosen(String role, int first, int last, boolean isAll) {

        public Chosen(String role, int first, int last) {
            this(role, first, last, false);
        }

        /// All positions of a prompt together.
        ///
        /// @param length of the prompt, tokens
        public static Chosen all(int length) {
            return new Chosen("", 0, length - 1, true);
        }

        /// Whether it is one position.
        public boolean isSingle() {
            return first == last;
        }
    }

    /// The positions in a prompt, in the order of the items; what occurs twice is taken once, by its name where it
    /// has one.
    ///
    /// @throws BadInputException when the prompt has no such position or role
    public List<Chosen> in(Pair pair) {
        Map<List<Object>, Chosen> found = new LinkedHashMap<>();
        for (Item item : items) {
            for (Chosen chosen : in(item, pair)) {
                found.merge(
                        List.of(chosen.first, chosen.last, chosen.isAll),
                        chosen,
                        (known, again) -> known.role.isEmpty() ? again : known);
            }
        }
        return List.copyOf(found.values());
    }

    private static List<Chosen> in(Item item, Pair pair) {
        int length = pair.length();
        return switch (item) {
            case Item.All() -> List.of(Chosen.all(length));
            case Item.Each() -> {
                List<Chosen> each = new ArrayList<>();
                for (int position = 0; position < length; position++) {
                    each.add(new Chosen("", position, position));
                }
                yield each;
            }
            case Item.At(int position) -> {
                int from0 = position < 0 ? position + length : position;
                checkIn(from0, position, pair);
                yield List.of(new Chosen(position == -1 ? "last" : "", from0, from0));
            }
            case Item.Span(int first, int last) -> {
                checkIn(last, last, pair);
                yield List.of(new Chosen("", first, last));
            }
            case Item.Role(String name) -> List.of(pair.role(name));
        };
    }

    private static void checkIn(int position, int given, Pair pair) {
        if (position < 0 || position >= pair.length()) {
            throw new BadInputException("position %d is not in %s, which has %d tokens; give 0 to %d, or -1 to -%d."
                    .formatted(given, pair.name(), pair.length(), pair.length() - 1, pair.length()));
        }
    }
}
