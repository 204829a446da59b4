/// Numbers on a helix in a small net that adds: found, put in place of others, and told from rivals.
@NullMarked
package cutaway.studies.additionhelix;

import org.jspecify.annotations.NullMarked;
