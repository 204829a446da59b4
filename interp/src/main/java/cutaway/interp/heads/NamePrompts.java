package cutaway.interp.heads;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Prompts that end where the name of the one who is given something comes next (indirect object
/// identification, Wang et
/// al. 2022, arXiv:2211.00593, section 2): two names, one of them said again. The answer is the other.
///
/// @param rows token ids
/// @param glances in each prompt, from the last position to the answer's name, its rivals both places of the other name
record NamePrompts(List<int[]> rows, List<Glance> glances) {

    static final int PROMPTS = 64;
    static final int FEWEST_NAMES = 6;

    private static final List<String> NAMES = List.of(
            " Mary", " John", " Tom", " James", " Anna", " Paul", " Peter", " Sarah", " Mark", " David", " Kate",
            " Laura", " Simon", " Robert", " Emma", " Alice", " Jack", " Daniel", " Maria", " George");

    /// The names are the first, the second and the one said again; then a place and a thing.
    private static final List<String> TEMPLATES = List.of(
            "After%1$s and%2$s had walked to the %4$s,%3$s handed a %5$s to",
            "Yesterday%1$s and%2$s met at the %4$s, where%3$s offered the %5$s to",
            "While%1$s and%2$s were waiting near the %4$s,%3$s passed a %5$s to",
            "Because%1$s and%2$s were friends from the %4$s,%3$s lent a %5$s to");

    private static final List<String> PLACES = List.of("station", "garden", "market", "school", "river", "library");
    private static final List<String> THINGS = List.of("letter", "book", "ball", "ticket", "basket", "cup");

    /// Names that are one token each.
    static List<String> names(Model model) {
        return model.hasTokenizer()
                ? NAMES.stream()
                        .filter(name -> model.tokenizer().idOf(name).isPresent())
                        .toList()
                : List.of();
    }

    /// @param names at least two
    static NamePrompts draw(Model model, List<String> names, SplittableRandom random) {
        List<int[]> rows = new ArrayList<>();
        List<Glance> glances = new ArrayList<>();
        for (int row = 0; row < PROMPTS; row++) {
            String answer = one(names, random);
            String other = answer;
            while (other.equals(answer)) {
                other = one(names, random);
            }
            boolean answerFirst = random.nextBoolean();
            String text = one(TEMPLATES, random)
                    .formatted(
                            answerFirst ? answer : other,
                            answerFirst ? other : answer,
                            other,
                            one(PLACES, random),
                            one(THINGS, random));
            int[] ids = model.encode(text).ids();
            int[] answers = places(model.tokenizer(), ids, answer);
            int[] others = places(model.tokenizer(), ids, other);
            if (answers.length == 1 && others.length == 2) {
                glances.add(new Glance(rows.size(), ids.length - 1, answers[0], others[0], others[1]));
                rows.add(ids);
            }
        }
        return new NamePrompts(rows, glances);
    }

    private static int[] places(Tokenizer tokenizer, int[] ids, String name) {
        int id = tokenizer.idOf(name).orElseThrow();
        return IntStream.range(0, ids.length).filter(pos -> ids[pos] == id).toArray();
    }

    private static String one(List<String> some, SplittableRandom random) {
        return some.get(random.nextInt(some.size()));
    }

    Batch batch() {
        return Batch.of(rows, Batch.Side.RIGHT);
    }
}
