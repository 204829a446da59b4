package cutaway.tensor;

import java.util.List;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/// Factorisations and solves over the last two axes; any axes before them are a batch.
public final class LinearAlgebra {

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
                T_TensorTensorTensor_T usv = torch.linalg_svd(a.h(), false, driver)) {
            return new Svd(Tensor.owned(usv.get0()), Tensor.owned(usv.get1()), Tensor.owned(usv.get2()));
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw Tensor.refused("svd", e, a);
        }
    }

    public static Qr qr(Tensor a) {
        List<Tensor> pair = Tensor.ops("qr", () -> torch.linalg_qr(a.h()), a);
        return new Qr(pair.get(0), pair.get(1));
    }

    /// Eigenvalues and eigenvectors of a symmetric matrix; only its lower triangle is read.
    public static Eigh eigh(Tensor a) {
        List<Tensor> pair = Tensor.ops("eigh", () -> torch.linalg_eigh(a.h()), a);
        return new Eigh(pair.get(0), pair.get(1));
    }

    /// The X of `A X = B`.
    ///
    /// @throws IllegalArgumentException when A is singular
    public static Tensor solve(Tensor a, Tensor b) {
        return Tensor.op("solve", () -> torch.linalg_solve(a.h(), b.h()), a, b);
    }
}
