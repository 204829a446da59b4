/// The workbench behind the page: [cutaway.server.Workbench] holds the models, the jobs and the ledger, and
/// answers over HTTP. Read it first.
@NullMarked
package cutaway.server;

import org.jspecify.annotations.NullMarked;
