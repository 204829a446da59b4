/// Nets that are built, not trained, so that their features and their circuit are known: a truth to hold
/// methods against.
///
/// Read [cutaway.lab.built.AndNetwork] first.
@NullMarked
package cutaway.lab.built;

import org.jspecify.annotations.NullMarked;
