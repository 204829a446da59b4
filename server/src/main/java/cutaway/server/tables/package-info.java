/// Tables of datapoints, the models that score them, and what is asked of the scores. Read
/// [cutaway.server.tables.Tables] first, then [cutaway.server.tables.ScoringWork].
@NullMarked
package cutaway.server.tables;

import org.jspecify.annotations.NullMarked;
