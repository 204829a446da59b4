/// Relations of facts, such as the capital of a country, as affine maps from the subject's representation to the
/// object's: read [cutaway.interp.relations.RelationTrial] first.
@NullMarked
package cutaway.interp.relations;

import org.jspecify.annotations.NullMarked;
