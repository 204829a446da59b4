/// What stands between a net and its loss: [cutaway.lab.head.Head] makes outputs of what the net hands over,
/// [cutaway.lab.head.Loss] judges them.
@NullMarked
package cutaway.lab.head;

import org.jspecify.annotations.NullMarked;
