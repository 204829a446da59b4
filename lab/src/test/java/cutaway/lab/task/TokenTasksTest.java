package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Tasks of a finite number of questions: answers by hand, and no question on both sides of the split.
class TokenTasksTest {

    /// Words of the answer, by the words of the question; of training and held-out questions, which are apart.
    private static Map<String, String> answers(Task task, int all, double share) {
        Map<String, String> train =
                words(task, Filled.train(task, 3, 0, task.examples(3, 0).trainSize()));
        Map<String, String> test = words(task, Filled.test(task, 3));
        assertEquals(Math.round(share * all), train.size());
        assertEquals(all - Math.round(share * all), test.size());
        assertTrue(train.keySet().stream().noneMatch(test::containsKey));
        train.putAll(test);
        return train;
    }

    private static Map<String, String> words(Task task, Task.Rows rows) {
        List<String> words = task.words();
        int width = task.input().flat();
        Map<String, String> answers = new HashMap<>();
        for (int n = 0; n < rows.count(); n++) {
            int at = n * width;
            String question = String.join(
                    " ",
                    IntStream.range(at, at + width)
                            .mapToObj(i -> words.get((int) rows.tokens()[i]))
                            .toList());
            answers.put(question, words.get((int) rows.classes()[n]));
        }
        return answers;
    }

    /// 19 triples of an axis of 3 stay on it, so that there are 19 * 19 questions.
    @Test
    void theFourthCornerClosesAParallelogram() {
        Map<String, String> answers = answers(new Lattice(3, 0.8), 361, 0.8);
        assertEquals("1,2", answers.get("0,0 0,1 1,1"));
        assertEquals("0,0", answers.get("1,1 0,1 1,0"));
        assertEquals("2,2", answers.get("0,2 2,2 0,2"));
        assertTrue(!answers.containsKey("0,0 2,0 1,0")); // (3, 0) is outside
        assertEquals(7225, answers(new Lattice(5, 0.5), 7225, 0.5).size());
        assertThrows(BadInputException.class, () -> new Lattice(1, 0.5));
        assertThrows(BadInputException.class, () -> new Lattice(11, 0.5));
    }

    /// Pairs of points by their middle: 1 of a unit square, 6 + 4 + 12 of nine points.
    @Test
    void aLatticeHasAllItsParallelogramsOnce() {
        assertEquals(List.of(new Parallelogram(0, 1, 2, 3)), new Lattice(2, 0.8).parallelograms());
        List<Parallelogram> all = new Lattice(3, 0.8).parallelograms();
        assertEquals(22, all.size());
        assertTrue(all.contains(new Parallelogram(0, 1, 4, 5))); // (0,0) (0,1) (1,1) (1,2)
        assertEquals(0, new Order(5, 0.8).parallelograms().size());
    }

    /// `021` after `120`: 0 goes to 1 and then to 2, 1 to 2 and then to 1, 2 to 0.
    @Test
    void permutationsAreAppliedOneAfterTheOther() {
        Map<String, String> answers = answers(new Permutations(3, 0.75), 36, 0.75);
        assertEquals("210", answers.get("021 120"));
        assertEquals("102", answers.get("120 021"));
        assertEquals("201", answers.get("012 201"));
        assertEquals(24, new Permutations(4, 0.8).words().size());
        assertThrows(BadInputException.class, () -> new Permutations(7, 0.5));
    }

    @Test
    void orderAndEquivalenceByHand() {
        Map<String, String> order = answers(new Order(7, 0.8), 49, 0.8);
        assertEquals("yes", order.get("5 4"));
        assertEquals("no", order.get("4 5"));
        assertEquals("no", order.get("4 4"));
        assertEquals(21, order.values().stream().filter("yes"::equals).count());
        Equivalence task = new Equivalence(7, 3, 0.8);
        Map<String, String> equal = answers(task, 49, 0.8);
        assertEquals("yes", equal.get("6 0"));
        assertEquals("no", equal.get("5 3"));
        assertEquals(9 + 4 + 4, equal.values().stream().filter("yes"::equals).count());
        assertEquals(List.of(0, 1, 2, 0, 1, 2, 0), task.tokenClasses());
        assertThrows(BadInputException.class, () -> new Order(1, 0.5));
        assertThrows(BadInputException.class, () -> new Equivalence(5, 6, 0.5));
    }

    /// Eight persons: 0 has 1 and 2, 1 has 3 and 4, 2 has 5 and 6, 3 has 7 alone. Parents of seven, grandparents of
    /// five, siblings of six.
    @Test
    void relativesByHand() {
        Map<String, String> answers = answers(new FamilyTree(8, 0.5), 7 + 5 + 6, 0.5);
        assertEquals("p2", answers.get("p6 parent"));
        assertEquals("p0", answers.get("p6 grandparent"));
        assertEquals("p1", answers.get("p7 grandparent"));
        assertEquals("p3", answers.get("p4 sibling"));
        assertEquals("p4", answers.get("p3 sibling"));
        assertTrue(!answers.containsKey("p7 sibling") && !answers.containsKey("p0 parent"));
        assertEquals(376, answers(new FamilyTree(127, 0.8), 376, 0.8).size());
        assertThrows(BadInputException.class, () -> new FamilyTree(3, 0.5));
    }
}
