/// Circuits: small sets of heads and MLPs, and of what dictionaries do not say, that do by themselves most of what a
/// model does.
///
/// [cutaway.interp.circuit.CircuitBench] says what a circuit is and how well it does; read it first. Then
/// [cutaway.interp.circuit.CircuitFinder], which finds one on some prompts and tests it on others, and
/// [cutaway.interp.circuit.CircuitReport] for what it says.
@NullMarked
package cutaway.interp.circuit;

import org.jspecify.annotations.NullMarked;
