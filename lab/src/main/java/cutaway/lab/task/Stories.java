package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Short stories from templates, in which who is where and who has what can be told at each word:
///
///     mia goes to the park . mia takes the ball . tom goes to the lake . where is the ball ? park .
///
/// Every word is asked for; those that follow from the story are the answers.
///
/// @param length words of a story that are given; stories follow one another until it is reached
public record Stories(
        @JsonProperty(value = "length", required = true) int length) implements Task {

    static final String NAME = "stories";

    private static final int TEST = 128;

    private static final List<String> NAMES = List.of("mia", "tom", "ana", "ben", "eva", "leo", "ida", "max");
    private static final List<String> THINGS = List.of("ball", "book", "lamp", "coat", "coin", "drum", "kite", "rope");
    private static final List<String> PLACES =
            List.of("park", "lake", "shop", "barn", "hall", "yard", "dock", "cave", "mill", "farm");
    private static final List<String> OTHERS =
            List.of("goes", "to", "the", "takes", "gives", ".", "where", "is", "who", "has", "?", "<story>");

    private static final List<String> WORDS =
            Stream.of(NAMES, THINGS, PLACES, OTHERS).flatMap(List::stream).toList();

    public Stories {
        require(length >= 8 && length <= 100_000, "stories of " + length + " words; expected 8 to 100,000.");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return "Short stories that say who is where and has what.";
    }

    @Override
    public Input input() {
        return new Input.Tokens(length, WORDS.size());
    }

    @Override
    public Target target() {
        return new Target.Tokens(length, WORDS.size());
    }

    @Override
    public List<String> words() {
        return WORDS;
    }

    @Override
    public Examples examples(long seed, int variant) {
        return new Sequences(seed, NAME, length, TEST) {
            @Override
            void draw(Draws draws, boolean isHeldOut, int[] tokens, boolean[] asked) {
                List<String> words = new ArrayList<>();
                while (words.size() < tokens.length) {
                    new Story(draws, words).tell();
                }
                for (int i = 0; i < tokens.length; i++) {
                    tokens[i] = WORDS.indexOf(words.get(i));
                }
                Arrays.fill(asked, true);
            }
        };
    }

    /// One story while it is told: two people, one thing.
    private static final class Story {

        private static final int PEOPLE = 2;
        private static final int SENTENCES = 4;

        private final Draws draws;
        private final List<String> words;
        private final String[] people = new String[PEOPLE];
        private final String[] places = new String[PEOPLE];
        private final String thing;
        private int owner = -1;

        Story(Draws draws, List<String> words) {
            this.draws = draws;
            this.words = words;
            int[] order = draws.permutation(NAMES.size());
            for (int i = 0; i < PEOPLE; i++) {
                people[i] = NAMES.get(order[i]);
                places[i] = "";
            }
            thing = THINGS.get(draws.nextInt(THINGS.size()));
        }

        void tell() {
            words.add("<story>");
            go(0);
            go(1);
            take(draws.nextInt(PEOPLE));
            for (int i = 0; i < SENTENCES; i++) {
                int who = draws.nextInt(PEOPLE);
                if (draws.nextInt(3) > 0) {
                    go(who);
                } else {
                    give();
                }
            }
            say("who", "has", "the", thing, "?", people[owner], ".");
            say("where", "is", "the", thing, "?", places[owner], ".");
        }

        private void go(int who) {
            String place;
            do {
                place = PLACES.get(draws.nextInt(PLACES.size()));
            } while (place.equals(places[who]));
            places[who] = place;
            say(people[who], "goes", "to", "the", place, ".");
        }

        private void take(int who) {
            owner = who;
            say(people[who], "takes", "the", thing, ".");
        }

        private void give() {
            int giver = owner;
            owner = 1 - owner;
            say(people[giver], "gives", "the", thing, "to", people[owner], ".");
        }

        private void say(String... sentence) {
            words.addAll(List.of(sentence));
        }
    }
}
