/// `cutaway bench`: Cutaway beside its rivals, on one machine and in one run. Read [cutaway.cli.bench.Measurements]
/// first.
@NullMarked
package cutaway.cli.bench;

import org.jspecify.annotations.NullMarked;
