package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClausesTest {

    private static final Clauses DISJOINT = new Clauses(32, 8, 4, false);
    private static final Clauses OVERLAPPING = new Clauses(32, 24, 2, true);

    /// The formula of the seed, evaluated on each example by its definition.
    @Test
    void answersAreThoseOfTheFormula() {
        for (Clauses task : List.of(DISJOINT, OVERLAPPING, new Clauses(3, 1, 3, true))) {
            List<List<Integer>> formula = task.formula(7);
            Task.Rows rows = Filled.train(task, 7, 2, 4000);
            double yes = 0;
            for (int n = 0; n < rows.count(); n++) {
                int first = n * task.variables();
                boolean holds = formula.stream()
                        .anyMatch(clause -> clause.stream().allMatch(variable -> rows.x()[first + variable] == 1));
                assertEquals(holds ? 1 : 0, rows.y()[n], "example " + n);
                yes += rows.y()[n];
            }
            assertEquals(0.5, yes / rows.count(), 0.04);
        }
    }

    @Test
    void inConjunctiveFormEveryClauseNeedsAVariable() {
        Clauses task = new Clauses(12, 5, 3, true, Clauses.Form.CONJUNCTIVE);
        Task.Rows rows = Filled.train(task, 7, 2, 4000);
        double yes = 0;
        for (int n = 0; n < rows.count(); n++) {
            int first = n * task.variables();
            boolean holds = task.formula(7).stream()
                    .allMatch(clause -> clause.stream().anyMatch(variable -> rows.x()[first + variable] == 1));
            assertEquals(holds ? 1 : 0, rows.y()[n], "example " + n);
            yes += rows.y()[n];
        }
        assertEquals(0.5, yes / rows.count(), 0.04);
    }

    /// No single variable gives the answer away: each is 1 in some yes and some no.
    @Test
    void everyVariableTakesBothValuesWithBothAnswers() {
        Task.Rows rows = Filled.train(OVERLAPPING, 7, 2, 4000);
        Set<String> seen = new HashSet<>();
        for (int n = 0; n < rows.count(); n++) {
            for (int i = 0; i < 32; i++) {
                seen.add(i + " " + rows.x()[n * 32 + i] + " " + rows.y()[n]);
            }
        }
        assertEquals(4 * 32, seen.size());
    }

    @Test
    void clausesAreDisjointOrDifferent() {
        Set<Integer> variables = new HashSet<>();
        DISJOINT.formula(3).forEach(variables::addAll);
        assertEquals(32, variables.size());
        assertEquals(24, new HashSet<>(OVERLAPPING.formula(3)).size());
        assertTrue(OVERLAPPING.formula(3).stream().allMatch(clause -> clause.get(0) < clause.get(1)));
        assertTrue(!DISJOINT.formula(3).equals(DISJOINT.formula(4)));
        assertThrows(BadInputException.class, () -> new Clauses(32, 9, 4, false));
        assertThrows(BadInputException.class, () -> new Clauses(3, 4, 2, true).formula(0));
    }
}
