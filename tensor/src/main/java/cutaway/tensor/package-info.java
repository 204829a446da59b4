/// Tensors over LibTorch: the only module that sees it. Read [cutaway.tensor.Tensor] first.
@NullMarked
package cutaway.tensor;

import org.jspecify.annotations.NullMarked;
