/// Nets that learn to denoise images from noisy ones alone. Read [cutaway.lab.blind.BlindDenoiser] first.
@NullMarked
package cutaway.lab.blind;

import org.jspecify.annotations.NullMarked;
