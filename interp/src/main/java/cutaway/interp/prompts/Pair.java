package cutaway.interp.prompts;

import cutaway.interp.edit.Source;
import cutaway.model.Model;
import cutaway.model.tokenizer.Encoding;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A pair as a model reads it.
///
/// @param index its place in the file, from 0
/// @param text what was given
/// @param tokens of the prompt, as text
/// @param prompt token ids of the prompt
/// @param contrast token ids of the contrast, as many
/// @param answer id of the token asked about
/// @param against id of the token it is set against
/// @param firstDifference the first position at which the two differ: before it their runs are the same
/// @param roles positions of the parts that have names
public record Pair(
        int index,
        PromptPair text,
        List<String> tokens,
        List<Integer> prompt,
        List<Integer> contrast,
        int answer,
        int against,
        int firstDifference,
        Map<String, PositionChoice.Chosen> roles) {

    /// Reads pairs with a model's tokenizer; where answers are missing, the model is run.
    ///
    /// @throws BadInputException naming the first pair that cannot be used: it differs in length from its contrast
    ///     or not at all, or an answer is not one token
    public static List<Pair> read(Model model, List<PromptPair> texts) {
        if (texts.isEmpty()) {
            throw new BadInputException("there are no pairs; give at least one prompt with its contrast.");
        }
        Pair[] pairs = new Pair[texts.size()];
        Arrays.setAll(pairs, index -> of(model, index, texts.get(index)));
        return List.of(pairs);
    }

    private static Pair of(Model model, int index, PromptPair text) {
        Encoding prompt = model.encode(text.prompt());
        Encoding contrast = model.encode(text.contrast());
        int first = Arrays.mismatch(prompt.ids(), contrast.ids());
        if (prompt.ids().length != contrast.ids().length) {
            throw new BadInputException(
                    "pair %d: the prompt has %d tokens and the contrast %d; values go from one to the other position by position, so give them the same number: the prompt is %s, the contrast %s."
                            .formatted(
                                    index,
                                    prompt.ids().length,
                                    contrast.ids().length,
                                    prompt.tokens(),
                                    contrast.tokens()));
        }
        if (first < 0) {
            throw new BadInputException("pair " + index + ": the contrast is the prompt itself, token by token;"
                    + " give one with another answer.");
        }
        int answer = text.givenAnswer()
                .map(token -> AnswerToken.id(model, token, "answer of pair " + index))
                .orElseGet(() -> top(model, prompt.ids(), -1));
        int against = text.givenAgainst()
                .map(token -> AnswerToken.id(model, token, "token against it of pair " + index))
                .orElseGet(() -> top(model, contrast.ids(), answer));
        if (answer == against) {
            throw new BadInputException("pair " + index + ": the answer and the token against it are both \""
                    + model.tokenizer().token(answer) + "\"; give two.");
        }
        Map<String, PositionChoice.Chosen> roles = new LinkedHashMap<>();
        text.roles().forEach((name, span) -> roles.put(name, role(name, span, index, prompt)));
        return new Pair(
                index,
                text,
                prompt.tokens(),
                boxed(prompt.ids()),
                boxed(contrast.ids()),
                answer,
                against,
                first,
                Map.copyOf(roles));
    }

    private static PositionChoice.Chosen role(String name, List<Integer> span, int index, Encoding prompt) {
        int first = -1;
        int last = -1;
        for (int position = 0; position < prompt.ids().length; position++) {
            Encoding.Span token = prompt.spans().get(position);
            if (token.end() > token.start() && token.end() > span.get(0) && token.start() < span.get(1)) {
                first = first < 0 ? position : first;
                last = position;
            }
        }
        if (first < 0) {
            throw new BadInputException(
                    "pair %d: no token of the prompt holds the role \"%s\" at %s.".formatted(index, name, span));
        }
        return new PositionChoice.Chosen(name, first, last);
    }

    /// The top token after a prompt, other than one.
    private static int top(Model model, int[] ids, int other) {
        return Scope.free(() -> {
            Tensor last = model.logits(ids).select(0, ids.length - 1L);
            long[] top = last.top(2).indices().toLongs();
            return (int) (top[0] == other ? top[1] : top[0]);
        });
    }

    private static List<Integer> boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    /// What to call it in messages.
    public String name() {
        return "pair " + index;
    }

    /// Tokens of each of its prompts.
    public int length() {
        return prompt.size();
    }

    /// The same prompts, asked about other tokens.
    public Pair asked(int otherAnswer, int otherAgainst) {
        return new Pair(index, text, tokens, prompt, contrast, otherAnswer, otherAgainst, firstDifference, roles);
    }

    /// The run of the prompt.
    public Source promptRun() {
        return new Source(null, prompt, List.of());
    }

    /// The run of the contrast.
    public Source contrastRun() {
        return new Source(null, contrast, List.of());
    }

    /// The positions of a part of the prompt.
    ///
    /// @throws BadInputException when it has none of that name
    public PositionChoice.Chosen role(String name) {
        PositionChoice.Chosen chosen = roles.get(name);
        if (chosen == null) {
            throw new BadInputException(
                    roles.isEmpty()
                            ? "%s has no role \"%s\" and no other one; give \"roles\" in its line, or positions by number."
                                    .formatted(name(), name)
                            : "%s has no role \"%s\"; it has %s."
                                    .formatted(
                                            name(),
                                            name,
                                            String.join(
                                                    ", ",
                                                    roles.keySet().stream()
                                                            .sorted()
                                                            .toList())));
        }
        return chosen;
    }
}
