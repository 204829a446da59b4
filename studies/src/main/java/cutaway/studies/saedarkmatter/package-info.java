/// SAE dark matter: what of a dictionary's error is linear in the activation.
@NullMarked
package cutaway.studies.saedarkmatter;

import org.jspecify.annotations.NullMarked;
