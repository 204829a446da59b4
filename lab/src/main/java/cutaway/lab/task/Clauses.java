package cutaway.lab.task;

import static cutaway.lab.task.Task.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A boolean formula (arXiv:2504.08842): in disjunctive normal form yes where all variables of some clause are 1, in
/// conjunctive form where some variable of every clause is.
///
/// Half of the examples are yes. In disjunctive form bits are 1 with probability 1/2; then, for a yes, a clause is
/// drawn and its variables are set; for a no, a variable of each clause that holds is cleared. In conjunctive form
/// bits and answers are the opposite of these.
///
/// @param variables bits of an input
/// @param clauses how many; which ones, the seed says
/// @param width variables of a clause
/// @param overlapping whether a variable may be in several clauses; else in one at most
/// @param form of the formula
public record Clauses(
        @JsonProperty(value = "variables", required = true) int variables,

        @JsonProperty(value = "clauses", required = true) int clauses,
        @JsonProperty(value = "width", required = true) int width,

        @JsonProperty(value = "overlapping", required = true)
        boolean overlapping,

        @JsonProperty(value = "form", required = true) Form form)
        implements Task {

    static final String NAME = "clauses";

    /// How clauses make a formula.
    public enum Form {
        /// Some clause has all its variables.
        @JsonProperty("disjunctive")
        DISJUNCTIVE,
        /// Every clause has some of its variables.
        @JsonProperty("conjunctive")
        CONJUNCTIVE
    }

    /// Draws of a clause before it is given up that there are enough different ones.
    private static final int PATIENCE = 100_000;

    public Clauses {
        require(
                variables >= 1 && clauses >= 1 && width >= 1 && width <= variables,
                clauses + " clauses of " + width + " among " + variables
                        + " variables; expected at least 1 of each, and clauses no wider than there are variables.");
        require(
                overlapping || (long) clauses * width <= variables,
                clauses + " disjoint clauses of " + width + " need " + (long) clauses * width + " variables; there are "
                        + variables + ". Take fewer, or overlapping ones.");
    }

    /// In disjunctive form.
    public Clauses(int variables, int clauses, int width, boolean overlapping) {
        this(variables, clauses, width, overlapping, Form.DISJUNCTIVE);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String about() {
        return form == Form.DISJUNCTIVE
                ? "A boolean formula, true where all variables of some clause are."
                : "A boolean formula, true where some variable of every clause is.";
    }

    @Override
    public Input input() {
        return new Input.Numbers(variables);
    }

    @Override
    public Target target() {
        return new Target.Signs(1);
    }

    /// The formula of a seed: the variables of each clause, rising.
    public List<List<Integer>> formula(long seed) {
        Draws draws = Draws.of(seed, NAME + " formula", 0);
        Set<List<Integer>> found = new HashSet<>();
        List<List<Integer>> formula = new ArrayList<>();
        int[] order = draws.permutation(variables);
        for (int tries = 0; formula.size() < clauses && tries < PATIENCE; tries++) {
            int from = overlapping ? 0 : formula.size() * width;
            List<Integer> clause =
                    Arrays.stream(order, from, from + width).sorted().boxed().toList();
            if (found.add(clause)) {
                formula.add(clause);
            }
            order = overlapping ? draws.permutation(variables) : order;
        }
        require(
                formula.size() == clauses,
                clauses + " different clauses of " + width + " among " + variables + " variables; there are fewer.");
        return Collections.unmodifiableList(formula);
    }

    @Override
    public Examples examples(long seed, int variant) {
        boolean isConjunctive = form == Form.CONJUNCTIVE;
        return new Bits(seed, NAME, variables, formula(seed)) {

            @Override
            boolean draw(Draws draws, int[][] clauses, boolean[] bits) {
                for (int i = 0; i < bits.length; i++) {
                    bits[i] = draws.nextBoolean();
                }
                boolean yes = draws.nextBoolean();
                if (yes) {
                    for (int variable : clauses[draws.nextInt(clauses.length)]) {
                        bits[variable] = true;
                    }
                } else {
                    for (int[] clause : clauses) {
                        if (holds(clause, bits)) {
                            bits[clause[draws.nextInt(clause.length)]] = false;
                        }
                    }
                }
                return yes;
            }

            @Override
            boolean isOpposite() {
                return isConjunctive;
            }
        };
    }
}
