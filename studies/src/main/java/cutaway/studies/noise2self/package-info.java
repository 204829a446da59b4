/// Noise2Self: settings of denoisers chosen from noisy data alone.
@NullMarked
package cutaway.studies.noise2self;

import org.jspecify.annotations.NullMarked;
