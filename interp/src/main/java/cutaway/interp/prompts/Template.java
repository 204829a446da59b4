package cutaway.interp.prompts;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A sentence with slots, and what to fill them with: many pairs from one.
///
///     {"template": "When {A} and {B} went to the {place}, {B} gave a {object} to",
///      "contrast": "When {A} and {B} went to the {place}, {A} gave a {object} to",
///      "answer": " {A}", "against": " {B}",
///      "fills": [{"A": "Mary", "B": "John", "place": "store", "object": "drink"}, …]}
///
/// Each occurrence of a slot in the prompt is a role: `A`, or `A1`, `A2`, … in order where there are several.
///
/// @param template the prompt, with slots in braces
/// @param contrast the same for the contrast
/// @param answer the token asked about, with slots; absent for the model's own
/// @param against the token it is set against, with slots; absent for the model's own
/// @param fills a pair for each: the text of every slot
/// @param groupBy slots whose text names a pair's group; empty for pairs of their own
public record Template(
        @JsonProperty(value = "template", required = true) String template,
        @JsonProperty(value = "contrast", required = true) String contrast,
        @JsonProperty("answer") @Nullable String answer,
        @JsonProperty("against") @Nullable String against,
        @JsonProperty(value = "fills", required = true) List<Map<String, String>> fills,
        @JsonProperty("group_by") List<String> groupBy) {

    private static final Pattern SLOT = Pattern.compile("\\{(\\p{L}[\\p{L}\\p{N}_]*)}");

    private static final Pattern BRACE = Pattern.compile("\\{\\s*(\\p{L}[\\p{L}\\p{N}_]*+)(?:\\s*})?");

    public Template {
        if (template == null || contrast == null || fills == null || fills.isEmpty()) {
            throw new BadInputException(
                    "a template needs a \"template\", a \"contrast\" and at least one fill in \"fills\".");
        }
        fills = List.copyOf(fills);
        checkBraces("template", template, fills);
        checkBraces("contrast", contrast, fills);
        checkBraces("answer", answer, fills);
        checkBraces("token against it", against, fills);
        groupBy = groupBy == null ? List.of() : List.copyOf(groupBy);
        Set<String> slots = new LinkedHashSet<>(slots(template));
        for (String text : new String[] {contrast, answer, against}) {
            slots.addAll(text == null ? List.of() : slots(text));
        }
        for (int i = 0; i < fills.size(); i++) {
            check(fills.get(i), slots, i);
        }
        for (String slot : groupBy) {
            if (!slots.contains(slot)) {
                throw new BadInputException(
                        "the group is by \"" + slot + "\"; the template's slots are " + String.join(", ", slots) + ".");
            }
        }
    }

    /// Braces that are no slot are text, but not where the name of a slot follows.
    private static void checkBraces(String name, @Nullable String text, List<Map<String, String>> fills) {
        Matcher brace = BRACE.matcher(text == null ? "" : text);
        while (brace.find()) {
            String slot = brace.group(1);
            if (!SLOT.matcher(brace.group()).matches() && fills.stream().anyMatch(fill -> fill.containsKey(slot))) {
                throw new BadInputException(
                        "the %s has \"%s\" where {%s} was expected; close the brace, or name the slot otherwise."
                                .formatted(name, brace.group(), slot));
            }
        }
    }

    private static void check(Map<String, String> fill, Set<String> slots, int index) {
        Set<String> missing = new LinkedHashSet<>(slots);
        missing.removeAll(fill.keySet());
        Set<String> unknown = new LinkedHashSet<>(fill.keySet());
        unknown.removeAll(slots);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new BadInputException("fill %d %s %s; the template's slots are %s."
                    .formatted(
                            index,
                            missing.isEmpty() ? "has the unknown slot" : "lacks",
                            String.join(", ", missing.isEmpty() ? unknown : missing),
                            String.join(", ", slots)));
        }
        fill.forEach((slot, text) -> {
            if (text == null || text.isEmpty()) {
                throw new BadInputException("fill %d has no text for the slot %s.".formatted(index, slot));
            }
        });
    }

    private static List<String> slots(String text) {
        return SLOT.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /// A pair for each fill.
    public List<PromptPair> pairs() {
        return fills.stream().map(this::pair).toList();
    }

    private PromptPair pair(Map<String, String> fill) {
        Map<String, List<Integer>> roles = new LinkedHashMap<>();
        List<String> slots = slots(template);
        Map<String, Integer> seen = new HashMap<>();
        StringBuilder prompt = new StringBuilder();
        Matcher slot = SLOT.matcher(template);
        int end = 0;
        while (slot.find()) {
            String name = slot.group(1);
            prompt.append(template, end, slot.start());
            int start = prompt.length();
            prompt.append(fill.get(name));
            int number = seen.merge(name, 1, Integer::sum);
            roles.put(Collections.frequency(slots, name) > 1 ? name + number : name, List.of(start, prompt.length()));
            end = slot.end();
        }
        prompt.append(template.substring(end));
        List<String> group = new ArrayList<>();
        groupBy.forEach(name -> group.add(String.valueOf(fill.get(name))));
        return new PromptPair(
                prompt.toString(),
                filled(contrast, fill),
                answer == null ? null : filled(answer, fill),
                against == null ? null : filled(against, fill),
                group.isEmpty() ? null : String.join(" / ", group),
                roles);
    }

    private static String filled(String text, Map<String, String> fill) {
        return SLOT.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(String.valueOf(fill.get(found.group(1)))));
    }
}
