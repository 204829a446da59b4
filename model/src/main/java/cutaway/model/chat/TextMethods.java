package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Function;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The methods of Python's `str` that templates call. Positions count characters (code points).
final class TextMethods {

    private TextMethods() {}

    static @Nullable Value of(String self, String name) {
        Function.Body body = body(self, name);
        return body == null
                ? null
                : new Function(name, (given, budget) -> {
                    Value result = body.call(given, budget);
                    budget.grow(result instanceof Text text ? text.value().length() : self.length());
                    return result;
                });
    }

    private static Function.@Nullable Body body(String self, String name) {
        return switch (name) {
            case "strip", "lstrip", "rstrip" ->
                (given, budget) -> text(
                        strip(self, given.only(name, "chars"), !name.equals("rstrip"), !name.equals("lstrip"), budget));
            case "split" -> (given, _) -> array(split(self, given.only(name, "sep", "maxsplit"), false));
            case "rsplit" -> (given, _) -> array(split(self, given.only(name, "sep", "maxsplit"), true));
            case "splitlines" ->
                (given, _) -> array(lines(self, given.only(name, "keepends").flag(0, "keepends", false)));
            case "partition" ->
                (given, _) -> partition(self, given.text(0, "sep"), self.indexOf(given.text(0, "sep")), true);
            case "rpartition" ->
                (given, _) -> partition(self, given.text(0, "sep"), self.lastIndexOf(given.text(0, "sep")), false);
            case "startswith" -> (given, _) -> Bool.of(affixes(given).stream().anyMatch(self::startsWith));
            case "endswith" -> (given, _) -> Bool.of(affixes(given).stream().anyMatch(self::endsWith));
            case "removeprefix" ->
                (given, _) -> text(
                        self.startsWith(given.text(0, "prefix"))
                                ? self.substring(given.text(0, "prefix").length())
                                : self);
            case "removesuffix" ->
                (given, _) -> text(
                        self.endsWith(given.text(0, "suffix"))
                                ? self.substring(
                                        0,
                                        self.length() - given.text(0, "suffix").length())
                                : self);
            case "replace" ->
                (given, budget) -> {
                    given.only(name, "old", "new", "count");
                    return text(replace(
                            self, given.text(0, "old"), given.text(1, "new"), given.count(2, "count", -1), budget));
                };
            case "find" -> (given, budget) -> new Int(index(self, given, false, budget));
            case "rfind" -> (given, budget) -> new Int(index(self, given, true, budget));
            case "index" ->
                (given, budget) -> {
                    int found = index(self, given, false, budget);
                    if (found < 0) {
                        throw new Fault("substring not found");
                    }
                    return new Int(found);
                };
            case "count" ->
                (given, budget) -> new Int(count(self, given.only(name, "sub").text(0, "sub"), budget));
            case "join" -> (given, budget) -> text(join(self, given.value(0, "iterable"), budget));
            case "upper" -> (_, _) -> text(self.toUpperCase(Locale.ROOT));
            case "lower", "casefold" -> (_, _) -> text(self.toLowerCase(Locale.ROOT));
            case "title" -> (_, _) -> text(title(self));
            case "capitalize" -> (_, _) -> text(capitalize(self));
            case "isdigit", "isdecimal", "isnumeric" -> (_, _) -> all(self, Character::isDigit);
            case "isalpha" -> (_, _) -> all(self, Character::isLetter);
            case "isalnum" -> (_, _) -> all(self, Character::isLetterOrDigit);
            case "isspace" -> (_, _) -> all(self, Whitespace::is);
            case "isupper" -> (_, _) -> Bool.of(self.equals(self.toUpperCase(Locale.ROOT)) && isCased(self));
            case "islower" -> (_, _) -> Bool.of(self.equals(self.toLowerCase(Locale.ROOT)) && isCased(self));
            case "zfill" -> (given, budget) -> text(pad(self, given, '0', "0", budget));
            case "ljust" -> (given, budget) -> text(pad(self, given, ' ', "l", budget));
            case "rjust" -> (given, budget) -> text(pad(self, given, ' ', "r", budget));
            default -> null;
        };
    }

    static String strip(String self, Arguments given, boolean start, boolean end, Budget budget) {
        if (given.value(0, "chars", Value.None.NONE) == Value.None.NONE) {
            String stripped = start ? Whitespace.stripStart(self) : self;
            return end ? Whitespace.stripEnd(stripped) : stripped;
        }
        String chars = given.text(0, "chars");
        budget.search(self.length(), chars.length());
        int from = 0;
        int to = self.length();
        while (start && from < to && chars.indexOf(self.codePointAt(from)) >= 0) {
            from += Character.charCount(self.codePointAt(from));
        }
        while (end && to > from && chars.indexOf(self.codePointBefore(to)) >= 0) {
            to -= Character.charCount(self.codePointBefore(to));
        }
        return self.substring(from, to);
    }

    private static List<String> split(String self, Arguments given, boolean fromEnd) {
        int most = given.count(1, "maxsplit", -1);
        int limit = most < 0 ? Integer.MAX_VALUE : most;
        if (given.value(0, "sep", Value.None.NONE) == Value.None.NONE) {
            return fromEnd
                    ? words(new StringBuilder(self).reverse().toString(), limit).reversed().stream()
                            .map(word -> new StringBuilder(word).reverse().toString())
                            .toList()
                    : words(self, limit);
        }
        String separator = given.text(0, "sep");
        if (separator.isEmpty()) {
            throw new Fault("empty separator");
        }
        List<String> parts = new ArrayList<>();
        String rest = self;
        int from = 0;
        while (parts.size() < limit) {
            int at = fromEnd ? rest.lastIndexOf(separator) : self.indexOf(separator, from);
            if (at < 0) {
                break;
            }
            parts.add(fromEnd ? rest.substring(at + separator.length()) : self.substring(from, at));
            rest = fromEnd ? rest.substring(0, at) : rest;
            from = at + separator.length();
        }
        parts.add(fromEnd ? rest : self.substring(from));
        return fromEnd ? parts.reversed() : parts;
    }

    private static List<String> words(String self, int limit) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < self.length() && Whitespace.is(self.charAt(at))) {
                at++;
            }
            if (at == self.length()) {
                return words;
            }
            if (words.size() == limit) {
                words.add(self.substring(at));
                return words;
            }
            int end = at;
            while (end < self.length() && !Whitespace.is(self.charAt(end))) {
                end++;
            }
            words.add(self.substring(at, end));
            at = end;
        }
    }

    static List<String> lines(String self, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < self.length(); i++) {
            if ("\n\r\u000B\f\u001C\u001D\u001E\u0085\u2028\u2029".indexOf(self.charAt(i)) >= 0) {
                int end = self.startsWith("\r\n", i) ? i + 2 : i + 1;
                lines.add(self.substring(start, keepEnds ? end : i));
                start = end;
                i = end - 1;
            }
        }
        if (start < self.length()) {
            lines.add(self.substring(start));
        }
        return lines;
    }

    private static Value partition(String self, String separator, int at, boolean restLast) {
        if (at < 0) {
            return restLast ? new Tuple(text(self), text(""), text("")) : new Tuple(text(""), text(""), text(self));
        }
        return new Tuple(text(self.substring(0, at)), text(separator), text(self.substring(at + separator.length())));
    }

    private static List<String> affixes(Arguments given) {
        if (given.value(0, "prefix") instanceof Tuple several) {
            return several.items().stream().map(item -> ((Text) item).value()).toList();
        }
        return List.of(given.only("startswith", "prefix").text(0, "prefix"));
    }

    static String replace(String self, String old, String with, int count, Budget budget) {
        budget.search(self.length(), old.length());
        int left = count < 0 ? Integer.MAX_VALUE : count;
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (left-- > 0) {
            int at = self.indexOf(old, from);
            if (at < 0 || (old.isEmpty() && at >= self.length())) {
                break;
            }
            budget.grow(with.length());
            out.append(self, from, at).append(with);
            from = at + old.length();
            if (old.isEmpty()) {
                int next = self.offsetByCodePoints(at, 1);
                out.append(self, at, next);
                from = next;
            }
        }
        boolean atEnd = old.isEmpty() && from == self.length() && left >= 0;
        return out.append(self, from, self.length()).append(atEnd ? with : "").toString();
    }

    private static int index(String self, Arguments given, boolean last, Budget budget) {
        String wanted = given.only("find", "sub", "start").text(0, "sub");
        budget.search(self.length(), wanted.length());
        int start = given.count(1, "start", 0);
        int length = self.codePointCount(0, self.length());
        int from = Math.clamp(start < 0 ? start + length : start, 0, length);
        int offset = self.offsetByCodePoints(0, from);
        int at = last ? self.lastIndexOf(wanted) : self.indexOf(wanted, offset);
        return at < offset ? -1 : self.codePointCount(0, at);
    }

    private static int count(String self, String wanted, Budget budget) {
        budget.search(self.length(), wanted.length());
        if (wanted.isEmpty()) {
            return self.codePointCount(0, self.length()) + 1;
        }
        int count = 0;
        for (int at = self.indexOf(wanted); at >= 0; at = self.indexOf(wanted, at + wanted.length())) {
            count++;
        }
        return count;
    }

    private static String join(String separator, Value parts, Budget budget) {
        StringBuilder out = new StringBuilder();
        List<Value> items = Sequences.items(parts, budget);
        for (int i = 0; i < items.size(); i++) {
            if (!(items.get(i) instanceof Text part)) {
                throw new Fault("sequence item " + i + ": expected str instance, "
                        + items.get(i).type() + " found");
            }
            budget.grow((long) part.value().length() + separator.length());
            out.append(i == 0 ? "" : separator).append(part.value());
        }
        return out.toString();
    }

    /// A capital after every character that is no letter.
    private static String title(String self) {
        StringBuilder out = new StringBuilder();
        boolean[] inside = {false};
        self.codePoints().forEach(c -> {
            out.appendCodePoint(inside[0] ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inside[0] = Character.isLetter(c);
        });
        return out.toString();
    }

    static String capitalize(String self) {
        if (self.isEmpty()) {
            return self;
        }
        int first = self.offsetByCodePoints(0, 1);
        return Character.toString(Character.toTitleCase(self.codePointAt(0)))
                + self.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String pad(String self, Arguments given, char otherwise, String side, Budget budget) {
        int missing = Math.max(0, given.count(0, "width", 0) - self.codePointCount(0, self.length()));
        budget.grow(missing);
        String fill = given.text(1, "fillchar", Character.toString(otherwise)).repeat(missing);
        int sign = side.equals("0") && !self.isEmpty() && "+-".indexOf(self.charAt(0)) >= 0 ? 1 : 0;
        return side.equals("l") ? self + fill : self.substring(0, sign) + fill + self.substring(sign);
    }

    private static Bool all(String self, IntPredicate kind) {
        return Bool.of(!self.isEmpty() && self.codePoints().allMatch(kind));
    }

    private static boolean isCased(String self) {
        return self.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    }

    private static Array array(List<String> parts) {
        return new Array(parts.stream().<Value>map(Text::new).toList());
    }

    private static Text text(String value) {
        return new Text(value);
    }
}
