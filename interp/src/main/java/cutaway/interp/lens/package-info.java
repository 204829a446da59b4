/// Lenses with something learned: what the residual stream would say if the model ended there, after a map that undoes
/// what the layers between do on average. Read [cutaway.interp.lens.TunedLens] first.
@NullMarked
package cutaway.interp.lens;

import org.jspecify.annotations.NullMarked;
