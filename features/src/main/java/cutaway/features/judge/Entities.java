package cutaway.features.judge;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Entities with several attributes each (a city's country, its language), and a model that can be asked for them.
///
/// @param attributes at least two
public record Entities(List<Attribute> attributes) {

    /// An attribute, and what a prompt that asks for it holds.
    ///
    /// @param name in words
    /// @param x the activation at the last token of each entity in its prompt, `[entity, d]`
    /// @param values of each entity, from 0
    public record Attribute(String name, Tensor x, int[] values) {

        public Attribute {
            if (x.dim(0) != values.length) {
                throw new IllegalArgumentException(x.dim(0) + " activations with " + values.length + " values");
            }
        }
    }

    /// Who answers the prompts when activations of entities are others.
    public interface Answers {

        /// The value that is answered, one for each row.
        ///
        /// @param attribute that is asked for, its place in the list
        /// @param entities whose prompts are run; one may be there several times
        /// @param rows in place of their activations, `[n, d]`
        int[] of(int attribute, int[] entities, Tensor rows);
    }

    /// @throws BadInputException when there are fewer than two attributes, or an attribute has one value alone
    public Entities {
        attributes = List.copyOf(attributes);
        if (attributes.size() < 2) {
            throw new BadInputException("entities have " + attributes.size() + " attribute"
                    + (attributes.isEmpty() ? "s" : "")
                    + "; disentangling changes one and leaves others, so give at least two.");
        }
        for (Attribute attribute : attributes) {
            if (Arrays.stream(attribute.values).distinct().count() < 2) {
                throw new BadInputException("all " + attribute.values.length + " entities have the same "
                        + attribute.name + "; give entities of at least two.");
            }
        }
    }

    /// How many entities there are.
    int count() {
        return attributes.getFirst().values.length;
    }
}
