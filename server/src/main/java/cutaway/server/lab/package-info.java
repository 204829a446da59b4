/// Small experiments on the page.
///
/// [cutaway.server.lab.ToyWork] trains toys of superposition over a grid of sparsities.
@NullMarked
package cutaway.server.lab;

import org.jspecify.annotations.NullMarked;
