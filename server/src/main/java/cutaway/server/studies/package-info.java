/// The studies of papers, to be read and rerun from the page.
@NullMarked
package cutaway.server.studies;

import org.jspecify.annotations.NullMarked;
