/// Tables of datapoints: a small classifier that is trained on one, and a table with a planted bias. Read
/// [cutaway.lab.table.TableNet] first.
@NullMarked
package cutaway.lab.table;

import org.jspecify.annotations.NullMarked;
