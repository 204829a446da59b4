package cutaway.lab.task;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;

/// What is to be learned: a value, which serialises to JSON and back. All examples follow from it and a seed.
///
/// A task may have several *variants*, such as sparsities, which train side by side as instances of one net.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Superposition.class, name = Superposition.NAME),
    @JsonSubTypes.Type(value = Clauses.class, name = Clauses.NAME),
    @JsonSubTypes.Type(value = ModularAddition.class, name = ModularAddition.NAME),
    @JsonSubTypes.Type(value = Addition.class, name = Addition.NAME),
    @JsonSubTypes.Type(value = Sums.class, name = Sums.NAME),
    @JsonSubTypes.Type(value = Lattice.class, name = Lattice.NAME),
    @JsonSubTypes.Type(value = Order.class, name = Order.NAME),
    @JsonSubTypes.Type(value = FamilyTree.class, name = FamilyTree.NAME),
    @JsonSubTypes.Type(value = Equivalence.class, name = Equivalence.NAME),
    @JsonSubTypes.Type(value = Permutations.class, name = Permutations.NAME),
    @JsonSubTypes.Type(value = Strip.class, name = Strip.NAME),
    @JsonSubTypes.Type(value = SparseParity.class, name = SparseParity.NAME),
    @JsonSubTypes.Type(value = Spheres.class, name = Spheres.NAME),
    @JsonSubTypes.Type(value = Shapes.class, name = Shapes.NAME),
    @JsonSubTypes.Type(value = Digits.class, name = Digits.NAME),
    @JsonSubTypes.Type(value = Skills.class, name = Skills.NAME),
    @JsonSubTypes.Type(value = KnowledgeGraph.class, name = KnowledgeGraph.NAME),
    @JsonSubTypes.Type(value = Brackets.class, name = Brackets.NAME),
    @JsonSubTypes.Type(value = GraphTracing.class, name = GraphTracing.NAME),
    @JsonSubTypes.Type(value = Multiplication.class, name = Multiplication.NAME),
    @JsonSubTypes.Type(value = Stories.class, name = Stories.NAME),
    @JsonSubTypes.Type(value = Othello.class, name = Othello.NAME)
})
public sealed interface Task
        permits Superposition,
                Clauses,
                ModularAddition,
                Addition,
                Sums,
                Lattice,
                Order,
                FamilyTree,
                Equivalence,
                Permutations,
                Strip,
                SparseParity,
                Spheres,
                Shapes,
                Digits,
                Skills,
                KnowledgeGraph,
                Brackets,
                GraphTracing,
                Multiplication,
                Stories,
                Othello {

    /// As it is named in recipes and on the command line.
    String name();

    /// What is learned, in one sentence.
    String about();

    Input input();

    Target target();

    /// The words of its tokens, by number; none where inputs are no tokens.
    default List<String> words() {
        return List.of();
    }

    /// Tokens that a net may embed as the corners of parallelograms; none where that is not known.
    default List<Parallelogram> parallelograms() {
        return List.of();
    }

    /// The classes of its first tokens, where a net may embed those of one class as one; none where there are none.
    default List<Integer> tokenClasses() {
        return List.of();
    }

    /// What tells the variants apart, in words; one without words where there is only one.
    default List<String> variants() {
        return List.of("");
    }

    /// The examples of one instance.
    ///
    /// @param variant which, from 0
    Examples examples(long seed, int variant);

    /// How much each output counts of a variant; none: all alike.
    default double[] weights(int variant) {
        return new double[0];
    }

    /// One word of an enum-like field or of a number's range, checked in constructors.
    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new BadInputException(otherwise);
        }
    }

    /// Room for examples, in arrays that a task fills: of inputs and of outputs one kind is used, as [Task#input] and
    /// [Task#target] say; the other is empty.
    ///
    /// @param x inputs that are numbers, one example after another
    /// @param tokens inputs that are tokens
    /// @param y outputs that are numbers, or 1 and 0
    /// @param classes outputs that are classes
    record Rows(int count, float[] x, long[] tokens, float[] y, long[] classes) {

        static Rows of(int count, Input input, Target target) {
            int in = count * input.flat();
            boolean areTokens = input instanceof Input.Tokens;
            int out = count * width(target);
            boolean areClasses = target.areClasses();
            return new Rows(
                    count,
                    new float[areTokens ? 0 : in],
                    new long[areTokens ? in : 0],
                    new float[areClasses ? 0 : out],
                    new long[areClasses ? out : 0]);
        }

        /// Numbers that an example has of what is to come out.
        static int width(Target target) {
            return switch (target) {
                case Target.Classes(List<Integer> sizes) -> sizes.size();
                case Target.Tokens(int positions, int _) -> positions;
                default -> target.outputs();
            };
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Rows rows
                    && Arrays.equals(x, rows.x)
                    && Arrays.equals(tokens, rows.tokens)
                    && Arrays.equals(y, rows.y)
                    && Arrays.equals(classes, rows.classes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(x) + Arrays.hashCode(tokens);
        }

        @Override
        public String toString() {
            return count + " examples";
        }
    }
}
