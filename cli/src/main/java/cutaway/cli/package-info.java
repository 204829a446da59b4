/// The command line.
@NullMarked
package cutaway.cli;

import org.jspecify.annotations.NullMarked;
