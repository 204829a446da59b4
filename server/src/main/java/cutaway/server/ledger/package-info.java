/// The claims of one user: recorded, tested, called supported when they are, exported with a script that measures them
/// again.
@NullMarked
package cutaway.server.ledger;

import org.jspecify.annotations.NullMarked;
