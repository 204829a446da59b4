/// The faces of an explanation: the terminal ([cutaway.cli.report.TerminalReport]) and a page
/// ([cutaway.cli.report.HtmlReport]). Both are functions of the record alone.
@NullMarked
package cutaway.cli.report;

import org.jspecify.annotations.NullMarked;
