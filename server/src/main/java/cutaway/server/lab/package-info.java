/// Small experiments on the page.
///
/// [cutaway.server.lab.ToyWork] trains toys of superposition over a grid of sparsities,
/// [cutaway.server.lab.ContextWork] replays how a graph's words stand as a context grows, and
/// [cutaway.server.lab.SignWork] reads a layer off the signs of its weights.
@NullMarked
package cutaway.server.lab;

import org.jspecify.annotations.NullMarked;
