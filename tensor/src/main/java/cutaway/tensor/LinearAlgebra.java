package cutaway.tensor;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/// Factorisations and solves over the last two axes; any axes before them are a batch.
public final class LinearAlgebra {

    /// OpenBLAS uses one thread, and little stack, below 40,000 elements.
    private static final long SMALL = 10_000;

    private static final long STACK_BYTES = 64 << 20;

    private LinearAlgebra() {}

    /// `A = U diag(S) V^T`, thin: for A of `[m, n]` and `k = min(m, n)`, U is `[m, k]`, S `[k]` falling, V^T `[k, n]`.
    public record Svd(Tensor u, Tensor s, Tensor vT) {}

    /// `A = Q R`, thin: Q `[m, k]` has orthonormal columns, R `[k, n]` is upper triangular.
    public record Qr(Tensor q, Tensor r) {}

    /// `A = V diag(values) V^T` for symmetric A: values rise, V's columns are orthonormal.
    public record Eigh(Tensor values, Tensor vectors) {}

    public static Svd svd(Tensor a) {
        Natives.load();
        try (StringViewOptional driver = new StringViewOptional();
                T_TensorTensorTensor_T usv = onDeepStack(a, () -> torch.linalg_svd(a.h(), false, driver))) {
            return new Svd(Tensor.owned(usv.get0()), Tensor.owned(usv.get1()), Tensor.owned(usv.get2()));
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw Tensor.refused("svd", e, a);
        }
    }

    public static Qr qr(Tensor a) {
        List<Tensor> pair = Tensor.ops("qr", () -> onDeepStack(a, () -> torch.linalg_qr(a.h())), a);
        return new Qr(pair.get(0), pair.get(1));
    }

    /// Eigenvalues and eigenvectors of a symmetric matrix; only its lower triangle is read.
    public static Eigh eigh(Tensor a) {
        List<Tensor> pair = Tensor.ops("eigh", () -> onDeepStack(a, () -> torch.linalg_eigh(a.h())), a);
        return new Eigh(pair.get(0), pair.get(1));
    }

    /// The X of `A X = B`.
    ///
    /// @throws IllegalArgumentException when A is singular
    public static Tensor solve(Tensor a, Tensor b) {
        return Tensor.op("solve", () -> onDeepStack(a, () -> torch.linalg_solve(a.h(), b.h())), a, b);
    }

    /// OpenBLAS factorises large matrices by recursion over several threads and keeps half a megabyte on the stack at
    /// each level: on a Java thread's usual megabyte the process dies without a word (solve, float64, 207 by 207).
    private static <T> T onDeepStack(Tensor a, Supplier<T> body) {
        if (a.shape().rank() < 2 || a.dim(-1) * a.dim(-2) < SMALL) {
            return body.get();
        }
        FutureTask<T> task = new FutureTask<>(body::get);
        Thread.Builder.OfPlatform thread =
                Thread.ofPlatform().name("cutaway-linear-algebra").stackSize(STACK_BYTES);
        thread.daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the native call cannot be stopped and reads our tensors: wait for it
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException cause
                            ? cause
                            : new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
