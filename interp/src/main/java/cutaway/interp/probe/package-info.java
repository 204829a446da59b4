/// Probes: maps from activations to labels, trained on some examples and judged on others, beside what a probe of
/// nothing reaches. Read [cutaway.interp.probe.ProbeTrial] first;
/// [cutaway.interp.probe.NamedProbe] is kept in a file and steers, and [cutaway.interp.probe.ThroughProbes] edits a run
/// until probes read another class. [cutaway.interp.probe.FirstLayers] says which layer is the first to hold a thing.
@NullMarked
package cutaway.interp.probe;

import org.jspecify.annotations.NullMarked;
