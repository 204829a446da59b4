/// Harmonic loss beside cross-entropy, on addition modulo 31 and on small handwritten digits.
@NullMarked
package cutaway.studies.harmonicloss;

import org.jspecify.annotations.NullMarked;
