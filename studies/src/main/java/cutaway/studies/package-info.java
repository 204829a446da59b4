/// Studies: methods of papers, each rerun by one command, with a verdict that is computed from what was measured.
///
/// A study is one package below this one. It says in a [cutaway.studies.Card] what the paper claims, measures, and
/// gives back [cutaway.studies.Findings]: bars that are met or missed, and figures. Everything else (seeds, progress,
/// the table, the page, the exit code) is the same for all.
@NullMarked
package cutaway.studies;

import org.jspecify.annotations.NullMarked;
