/// A prediction taken apart by hand: the first look, interventions, and the whole explanation as a job.
@NullMarked
package cutaway.server.lens;

import org.jspecify.annotations.NullMarked;
