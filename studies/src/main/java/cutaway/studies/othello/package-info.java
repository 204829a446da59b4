/// Othello-GPT: whether a transformer that saw moves alone holds the board, read by probes and changed through them.
/// Two papers, one model: [cutaway.studies.othello.OthelloEmergent] and [cutaway.studies.othello.OthelloLinear].
@NullMarked
package cutaway.studies.othello;

import org.jspecify.annotations.NullMarked;
