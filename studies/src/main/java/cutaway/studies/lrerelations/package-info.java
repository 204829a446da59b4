/// Relations as affine maps of the subject.
@NullMarked
package cutaway.studies.lrerelations;

import org.jspecify.annotations.NullMarked;
