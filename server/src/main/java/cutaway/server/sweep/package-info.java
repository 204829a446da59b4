/// One question asked of many sites of a model, as a job: what a sweep on the command line asks, with the strongest
/// answers controlled.
@NullMarked
package cutaway.server.sweep;

import org.jspecify.annotations.NullMarked;
