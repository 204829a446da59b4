/// Choosing a setting (a rank, a k, a radius) from noisy data alone, without a truth to hold it against.
///
/// Read [cutaway.features.select.Masking] first.
@NullMarked
package cutaway.features.select;

import org.jspecify.annotations.NullMarked;
