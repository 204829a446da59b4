package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Who stands in a relation to a person of a binary family tree, of the tokens `person relation`
/// (arXiv:2502.01628). Every answer that there is is a question once; one that is held out follows from
/// others, such as a grandparent from a sibling's. (The paper's code draws questions with repetition before
/// it splits them, so that some are on both sides.)
///
/// @param persons how many; i has the children 2i + 1 and 2i + 2, as far as there are
/// @param share of the questions that is trained on; the others are held out
public record FamilyTree(
        @JsonProperty(value = "persons", required = true) int persons,
        @JsonProperty(value = "share", required = true) double share)
        implements Task {

    static final String NAME = "family_tree";

    private static final int MOST = 10_000;

    /// Of a person to another, in the order of their tokens, which follow the persons'.
    public enum Relation {
        PARENT,
        GRANDPARENT,
        SIBLING;

        /// Who that is; none for the root's parent, and where there is one child.
        OptionalInt of(int person, int persons) {
            return switch (this) {
                case PARENT -> person < 1 ? OptionalInt.empty() : OptionalInt.of((person - 1) / 2);
                case GRANDPARENT -> person < 3 ? OptionalInt.empty() : OptionalInt.of((person - 3) / 4);
                case SIBLING -> {
                    int other = person % 2 == 1 ? person + 1 : person - 1;
                    yield person < 1 || other >= persons ? OptionalInt.empty() : OptionalInt.of(other);
                }
            };
        }
    }

    public FamilyTree {
        require(
                persons >= 4 && persons <= MOST,
                "a family of " + persons + "; expected 4 persons to " + MOST + ", the first a grandparent.");
        Split.check(questions(persons).size(), share);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "The parent, grandparent or sibling of a person in a binary family tree.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(2, persons + Relation.values().length);
    }

    @Override
    public Target target() {
        return new Target.Classes(List.of(persons + Relation.values().length));
    }

    @Override
    public List<String> words() {
        return Stream.concat(
                        IntStream.range(0, persons).mapToObj(person -> "p" + person),
                        Stream.of(Relation.values())
                                .map(relation -> relation.name().toLowerCase(Locale.ROOT)))
                .toList();
    }

    private static List<Questions.Question> questions(int persons) {
        List<Questions.Question> all = new ArrayList<>();
        for (Relation relation : Relation.values()) {
            for (int person = 0; person < persons; person++) {
                List<Integer> tokens = List.of(person, persons + relation.ordinal());
                relation.of(person, persons).ifPresent(other -> all.add(new Questions.Question(tokens, other)));
            }
        }
        return all;
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Questions(seed, questions(persons), share);
    }
}
