package cutaway.lab.train;

import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The examples of a step, for all instances.
///
/// @param x inputs, `[instance, n, ...]`: floating point, or int64 where they are tokens
/// @param y what is to come out, `[instance, n, ...]`: floating point, or int64 where they are classes
/// @param weight how much each output counts, `[instance, 1, out]`; null: all alike
public record Batch(Tensor x, Tensor y, @Nullable Tensor weight) {}
