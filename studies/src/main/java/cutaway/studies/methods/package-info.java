/// What each method is worth before it is used: asked for a truth that was planted, beside simple baselines, and for
/// nothing where there is nothing.
///
/// [cutaway.studies.methods.Rating] is what is said of one; read it first. [cutaway.studies.methods.Family] has all
/// families, a class each.
@NullMarked
package cutaway.studies.methods;

import org.jspecify.annotations.NullMarked;
