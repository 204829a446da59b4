/// Whether a model's states become the graph that its context walks on, with the echo of the word before taken out.
@NullMarked
package cutaway.studies.iclrgraphs;

import org.jspecify.annotations.NullMarked;
