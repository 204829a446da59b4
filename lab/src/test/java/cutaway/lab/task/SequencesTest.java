package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.Draws;
import cutaway.lab.task.Task.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the tasks whose inputs are sequences draw.
class SequencesTest {

    @Test
    void bracketsAreAskedForAtTheirEndAlone() {
        for (boolean told : new boolean[] {false, true}) {
            Rows rows = Filled.train(new Brackets(8, told), 3, 0, 600);
            int nested = 0;
            int equalOnly = 0;
            for (int n = 0; n < 600; n++) {
                int[] string = Arrays.stream(rows.tokens(), n * 9, n * 9 + 8)
                        .mapToInt(Math::toIntExact)
                        .toArray();
                long answer = rows.classes()[n * 9 + 8];
                assertEquals(Brackets.isNested(string) ? Brackets.YES : Brackets.NO, answer);
                boolean isEqual = Arrays.stream(string).sum() == 4;
                nested += Brackets.isNested(string) ? 1 : 0;
                equalOnly += isEqual && !Brackets.isNested(string) ? 1 : 0;
                for (int i = 0; i < 8; i++) {
                    assertEquals(-1, rows.classes()[n * 9 + i]);
                }
            }
            assertEquals(told ? 200 : 300, nested, 50);
            assertEquals(told ? 200 : 0, equalOnly, told ? 50 : 0);
        }
    }

    /// There are 14 balanced strings of 8 brackets; each comes up as often as any other.
    @Test
    void balancedStringsAreAllAlike() {
        Brackets task = new Brackets(8, false);
        Draws draws = Draws.of(1, "strings", 0);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 14_000; i++) {
            seen.add(Arrays.toString(task.nested(draws)));
        }
        assertEquals(14, seen.stream().distinct().count());
        for (String string : seen.stream().distinct().toList()) {
            assertEquals(1000, seen.stream().filter(string::equals).count(), 150);
        }
    }

    @Test
    void aWalkGoesFromNeighbourToNeighbour() {
        for (GraphTracing task : List.of(
                new GraphTracing(GraphTracing.Kind.RING, 5, 11, 30),
                new GraphTracing(GraphTracing.Kind.GRID, 9, 11, 30))) {
            Rows rows = Filled.train(task, 3, 0, 2);
            long[] walk = Arrays.copyOf(rows.tokens(), 30);
            assertTrue(Arrays.stream(walk).distinct().count() <= task.nodes());
            assertArrayEquals(Arrays.copyOfRange(walk, 1, 30), Arrays.copyOf(rows.classes(), 29));
            assertFalse(Arrays.equals(walk, Arrays.copyOfRange(rows.tokens(), 30, 60)));
        }
        assertEquals(
                List.of(1, 3, 5, 7).stream().sorted().toList(),
                new GraphTracing(GraphTracing.Kind.GRID, 9, 9, 30)
                        .neighbours().get(4).stream().sorted().toList());
        assertEquals(
                List.of(4, 1).stream().sorted().toList(),
                new GraphTracing(GraphTracing.Kind.RING, 5, 9, 30)
                        .neighbours().get(0).stream().sorted().toList());
    }

    @Test
    void noPairOfAProductIsInBothParts() {
        Multiplication task = new Multiplication(1, 0.5);
        Rows train = Filled.train(task, 3, 0, 200);
        Rows test = Filled.test(task, 3);
        for (int n = 0; n < 200; n++) {
            int a = (int) train.tokens()[n * 5];
            int b = (int) train.tokens()[n * 5 + 2];
            assertFalse(task.isHeldOut(3, a, b));
            assertEquals(a * b % 10, train.classes()[n * 5 + 3]);
            assertEquals(a * b / 10, train.classes()[n * 5 + 4]);
            assertTrue(task.isHeldOut(3, (int) test.tokens()[n * 5], (int) test.tokens()[n * 5 + 2]));
        }
    }

    /// What a story says last is what it said before.
    @Test
    void storiesAnswerTheirQuestions() {
        Stories task = new Stories(200);
        Rows rows = Filled.train(task, 3, 0, 4);
        for (int n = 0; n < 4; n++) {
            String text = String.join(
                    " ",
                    Arrays.stream(rows.tokens(), n * 200L == 0 ? 0 : n * 200, n * 200 + 200)
                            .mapToObj(token -> task.words().get((int) token))
                            .toList());
            for (String story : text.split("<story> ")) {
                if (!story.strip().endsWith(".") || !story.contains("where is")) {
                    continue;
                }
                String owner = "";
                java.util.Map<String, String> places = new java.util.HashMap<>();
                for (String sentence : story.split(" \\. ?")) {
                    String[] words = sentence.split(" ");
                    if (sentence.contains("goes to")) {
                        places.put(words[0], words[4]);
                    } else if (sentence.contains("takes")) {
                        owner = words[0];
                    } else if (sentence.contains("gives")) {
                        assertEquals(owner, words[0], story);
                        owner = words[5];
                    } else if (sentence.startsWith("who has")) {
                        assertEquals(owner, words[5], story);
                    } else {
                        assertEquals(places.get(owner), words[5], story);
                    }
                }
            }
        }
    }

    @Test
    void relationsHoldAsTheirLawsSay() {
        assertTrue(KnowledgeGraph.Relation.EQUAL.holds(2, 8, 3));
        assertFalse(KnowledgeGraph.Relation.EQUAL.holds(2, 7, 3));
        assertTrue(KnowledgeGraph.Relation.BEFORE.holds(2, 8, 3));
        assertFalse(KnowledgeGraph.Relation.BEFORE.holds(8, 8, 3));
        assertTrue(KnowledgeGraph.Relation.ANCESTOR.holds(0, 14, 3));
        assertTrue(KnowledgeGraph.Relation.ANCESTOR.holds(2, 14, 3)); // 14, 6, 2, 0
        assertFalse(KnowledgeGraph.Relation.ANCESTOR.holds(1, 14, 3));
    }

    /// The k-th skill comes up as often as `1/k` says.
    @Test
    void skillsComeUpAsOftenAsTheyShould() {
        Skills task = new Skills(4, 6, 2, 1);
        Rows rows = Filled.train(task, 3, 0, 5000);
        double[] shares = task.shares();
        for (int skill = 0; skill < 4; skill++) {
            int count = 0;
            int[] bits = task.relevantBits(3, skill);
            for (int n = 0; n < 5000; n++) {
                if (rows.x()[n * 10 + skill] == 1) {
                    count++;
                    float product = rows.x()[n * 10 + 4 + bits[0]] * rows.x()[n * 10 + 4 + bits[1]];
                    assertEquals(product > 0 ? 1 : 0, rows.y()[n]);
                }
            }
            assertEquals(shares[skill], count / 5000.0, 0.03);
        }
        assertEquals(0.48, shares[0], 1e-9);
    }
}
