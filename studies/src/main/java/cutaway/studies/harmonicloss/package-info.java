/// Harmonic loss beside cross-entropy, on addition modulo 31 and on small images.
@NullMarked
package cutaway.studies.harmonicloss;

import org.jspecify.annotations.NullMarked;
