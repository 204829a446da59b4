/// Group testing: finding a few causes among many by testing them together.
@NullMarked
package cutaway.studies.grouptesting;

import org.jspecify.annotations.NullMarked;
