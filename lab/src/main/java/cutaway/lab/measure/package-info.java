/// What trainings and their nets are like: when examples were learned, where classes lie, how many directions a table
/// of vectors takes.
@NullMarked
package cutaway.lab.measure;

import org.jspecify.annotations.NullMarked;
