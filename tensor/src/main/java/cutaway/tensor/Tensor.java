package cutaway.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// An array of numbers in native memory, over LibTorch.
///
/// Operations never change their operands; each makes a new tensor, which belongs to the [Scope] that is open.
/// Axes are numbered from 0, outermost first; negative axes count from the end. Shapes broadcast as in NumPy. What
/// LibTorch refuses is thrown as [IllegalArgumentException] with the operation and the shapes.
public final class Tensor implements AutoCloseable {

    private static final AtomicLong LIVE = new AtomicLong();

    /// Numbers of an axis along which LibTorch's softmax does not fill the processor's registers.
    private static final int SHORT = 48;

    private static final int NORM_BLOCK = 4096;

    private final org.bytedeco.pytorch.Tensor handle;
    private final Shape shape;
    private @Nullable Scope owner;
    private int placeInOwner = -1;
    private @Nullable Arena data;
    private volatile @Nullable Caller freedBy;

    private Tensor(org.bytedeco.pytorch.Tensor handle) {
        this.handle = handle;
        long[] dims = new long[(int) handle.dim()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = handle.size(i);
        }
        this.shape = new Shape(dims);
        LIVE.incrementAndGet();
        Scope scope = Scope.current();
        if (scope != null) {
            scope.adopt(this);
        }
    }

    // ---- making tensors

    /// Float32 values in row-major order. Without sizes they make a vector, even a single one; see [#scalar].
    public static Tensor of(float[] values, long... dims) {
        Tensor tensor = uninitialised(Dtype.F32, checked(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    /// Float64 values in row-major order.
    public static Tensor of(double[] values, long... dims) {
        Tensor tensor = uninitialised(Dtype.F64, checked(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_DOUBLE, 0, values.length);
        return tensor;
    }

    /// Int64 values in row-major order.
    public static Tensor of(long[] values, long... dims) {
        Tensor tensor = uninitialised(Dtype.I64, checked(values.length, dims));
        MemorySegment.copy(values, 0, tensor.memory(), ValueLayout.JAVA_LONG, 0, values.length);
        return tensor;
    }

    /// Truth values in row-major order.
    public static Tensor of(boolean[] values, long... dims) {
        Tensor tensor = uninitialised(Dtype.BOOL, checked(values.length, dims));
        MemorySegment data = tensor.memory();
        for (int i = 0; i < values.length; i++) {
            data.set(ValueLayout.JAVA_BYTE, i, (byte) (values[i] ? 1 : 0));
        }
        return tensor;
    }

    /// A float32 scalar.
    public static Tensor scalar(double value) {
        return full(value, Dtype.F32);
    }

    public static Tensor zeros(long... dims) {
        return full(0, Dtype.F32, dims);
    }

    public static Tensor ones(long... dims) {
        return full(1, Dtype.F32, dims);
    }

    /// The same value everywhere.
    ///
    /// @throws IllegalArgumentException when an int64 tensor is to hold a value that is not whole
    public static Tensor full(double value, Dtype dtype, long... dims) {
        Shape shape = new Shape(dims);
        if (dtype == Dtype.I64 && !isWhole(value)) {
            throw new IllegalArgumentException(
                    value + " does not fit an int64 tensor " + shape + "; expected a whole number");
        }
        return op("tensor " + shape, () -> {
            try (TensorOptions options = new TensorOptions(dtype.torch());
                    Scalar fill = new Scalar(value)) {
                return torch.full(dims, fill, options);
            }
        });
    }

    /// The integers from start to end, end not included.
    public static Tensor range(long start, long end) {
        if (end < start || end - start > Integer.MAX_VALUE - 8 || end - start < 0) {
            throw new IllegalArgumentException("range from " + start + " to " + end
                    + "; expected an end that is not before the start, and at most 2^31 numbers");
        }
        long[] values = new long[(int) (end - start)];
        Arrays.setAll(values, i -> start + i);
        return of(values, values.length);
    }

    /// A tensor whose values are whatever the memory held, to be filled through [#data].
    public static Tensor uninitialised(Dtype dtype, Shape shape) {
        return op("tensor " + shape, () -> {
            try (TensorOptions options = new TensorOptions(dtype.torch())) {
                return torch.empty(shape.dims(), options, null);
            }
        });
    }

    /// Joins tensors along an axis that they have.
    public static Tensor cat(List<Tensor> parts, int axis) {
        return joined("cat", parts, vector -> torch.cat(vector, axis));
    }

    /// Joins tensors of one shape along a new axis.
    public static Tensor stack(List<Tensor> parts, int axis) {
        return joined("stack", parts, vector -> torch.stack(vector, axis));
    }

    /// Element by element, `yes` where the condition holds and `no` elsewhere.
    public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
        return op("where", () -> torch.where(condition.h(), yes.h(), no.h()), condition, yes, no);
    }

    private static Shape checked(int count, long... dims) {
        Shape shape = new Shape(dims.length == 0 ? new long[] {count} : dims);
        if (shape.count() != count) {
            throw new IllegalArgumentException(count + " values do not fill shape " + shape);
        }
        return shape;
    }

    private static Tensor joined(
            String name, List<Tensor> parts, Function<TensorVector, org.bytedeco.pytorch.Tensor> join) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(name + " of no tensors; expected at least one");
        }
        return op(
                name,
                () -> {
                    try (TensorVector vector = vector(parts)) {
                        return join.apply(vector);
                    }
                },
                parts.toArray(Tensor[]::new));
    }

    static TensorVector vector(List<Tensor> parts) {
        return new TensorVector(parts.stream().map(Tensor::h).toArray(org.bytedeco.pytorch.Tensor[]::new));
    }

    // ---- what it is

    public Shape shape() {
        return shape;
    }

    /// Size of an axis.
    public long dim(int axis) {
        return shape.dim(axis);
    }

    public Dtype dtype() {
        return Dtype.of(h().scalar_type());
    }

    public boolean isContiguous() {
        return h().is_contiguous();
    }

    /// The values as bytes in native memory, row-major; writing to it changes the tensor (and its views).
    ///
    /// Any thread may use it until this tensor is freed; after that it throws `IllegalStateException`.
    ///
    /// @throws IllegalArgumentException when the tensor is not contiguous
    public synchronized MemorySegment data() {
        MemorySegment memory = memory();
        if (data == null) {
            data = Arena.ofShared();
        }
        return memory.reinterpret(data, null);
    }

    /// As [#data], but unguarded: it must not be touched once the tensor is freed.
    MemorySegment memory() {
        if (!isContiguous()) {
            throw new IllegalArgumentException(
                    "data of a view " + shape + " that is not contiguous; call contiguous()");
        }
        long bytes = shape.count() * dtype().bytes();
        if (bytes == 0) {
            return MemorySegment.NULL; // an empty tensor has no address
        }
        return MemorySegment.ofAddress(h().data_ptr().address()).reinterpret(bytes);
    }

    /// The values in row-major order, converted to float32.
    public float[] toFloats() {
        return Scope.free(() -> to(Dtype.F32).contiguous().memory().toArray(ValueLayout.JAVA_FLOAT));
    }

    /// The values in row-major order, converted to float64.
    public double[] toDoubles() {
        return Scope.free(() -> to(Dtype.F64).contiguous().memory().toArray(ValueLayout.JAVA_DOUBLE));
    }

    /// The values in row-major order, converted to int64.
    public long[] toLongs() {
        return Scope.free(() -> to(Dtype.I64).contiguous().memory().toArray(ValueLayout.JAVA_LONG));
    }

    /// The only value of a tensor with one element.
    public double item() {
        if (shape.count() != 1) {
            throw new IllegalArgumentException("item of shape " + shape + "; it needs exactly one element");
        }
        return h().item_double();
    }

    /// Whether shape, type and every bit of every value agree.
    public boolean bitsEqual(Tensor other) {
        return shape.equals(other.shape)
                && dtype() == other.dtype()
                && Scope.free(
                        () -> contiguous().memory().mismatch(other.contiguous().memory()) == -1);
    }

    @Override
    public String toString() {
        return freedBy == null ? "Tensor" + shape + " " + dtype() : "Tensor" + shape + " freed by " + freedBy;
    }

    // ---- arithmetic

    public Tensor plus(Tensor other) {
        return op("plus", () -> h().add(other.h()), this, other);
    }

    public Tensor plus(double value) {
        return withScalar("plus", value, h()::add);
    }

    public Tensor minus(Tensor other) {
        return op("minus", () -> h().sub(other.h()), this, other);
    }

    public Tensor minus(double value) {
        return withScalar("minus", value, h()::sub);
    }

    public Tensor times(Tensor other) {
        return op("times", () -> h().mul(other.h()), this, other);
    }

    public Tensor times(double value) {
        return withScalar("times", value, h()::mul);
    }

    public Tensor over(Tensor other) {
        return op("over", () -> h().div(other.h()), this, other);
    }

    public Tensor over(double value) {
        return withScalar("over", value, h()::div);
    }

    public Tensor negate() {
        return op("negate", () -> h().neg(), this);
    }

    public Tensor abs() {
        return op("abs", () -> h().abs(), this);
    }

    public Tensor square() {
        return op("square", () -> h().square(), this);
    }

    public Tensor sqrt() {
        return op("sqrt", () -> h().sqrt(), this);
    }

    /// One over the square root.
    public Tensor rsqrt() {
        return op("rsqrt", () -> h().rsqrt(), this);
    }

    public Tensor pow(double value) {
        return withScalar("pow", value, h()::pow);
    }

    public Tensor exp() {
        return op("exp", () -> h().exp(), this);
    }

    public Tensor log() {
        return op("log", () -> h().log(), this);
    }

    public Tensor sin() {
        return op("sin", () -> h().sin(), this);
    }

    public Tensor cos() {
        return op("cos", () -> h().cos(), this);
    }

    public Tensor tanh() {
        return op("tanh", () -> h().tanh(), this);
    }

    public Tensor sigmoid() {
        return op("sigmoid", () -> h().sigmoid(), this);
    }

    /// `log(sigmoid(x))`, without overflow or loss of small values.
    public Tensor logSigmoid() {
        return op("logSigmoid", () -> torch.log_sigmoid(h()), this);
    }

    public Tensor relu() {
        return op("relu", () -> h().relu(), this);
    }

    /// `x * sigmoid(x)`.
    public Tensor silu() {
        return op("silu", () -> torch.silu(h()), this);
    }

    /// `x * Phi(x)` with the exact normal distribution function.
    public Tensor gelu() {
        return op("gelu", () -> torch.gelu(h()), this);
    }

    /// The tanh approximation of [#gelu] that GPT-2 uses.
    public Tensor geluTanh() {
        return op("geluTanh", () -> torch.gelu(h(), "tanh"), this);
    }

    /// `cap * tanh(x / cap)`: nearly x where x is small, never beyond the cap.
    public Tensor softcap(double cap) {
        return Scope.keep(() -> over(cap).tanh().times(cap));
    }

    /// The larger of two, element by element.
    public Tensor maximum(Tensor other) {
        return op("maximum", () -> h().max(other.h()), this, other);
    }

    /// Matrix product of the last two axes; the axes before them broadcast.
    public Tensor matmul(Tensor other) {
        return op("matmul", () -> h().matmul(other.h()), this, other);
    }

    /// `x W^T + b`, with weights as checkpoints store them: `[out, in]`, and bias `[out]` or null for none.
    ///
    /// Float32 products are made by [TiledLinear]; a single row (a token being generated) of float64 by the
    /// matrix-vector product, since OpenBLAS packs the whole weight for a matrix product.
    public Tensor linear(Tensor weight, @Nullable Tensor bias) {
        if (TiledLinear.isFor(this, weight)) {
            return bias == null
                    ? TiledLinear.product(this, weight)
                    : Scope.keep(() -> TiledLinear.product(this, weight).plus(bias));
        }
        if (isOneRowFor(weight)) {
            return linearRow(weight, bias);
        }
        return bias == null
                ? op("linear", () -> torch.linear(h(), weight.h()), this, weight)
                : op("linear", () -> torch.linear(h(), weight.h(), bias.h()), this, weight, bias);
    }

    private boolean isOneRowFor(Tensor weight) {
        return weight.shape.rank() == 2
                && shape.rank() > 0
                && shape.dim(-1) == weight.shape.dim(1)
                && shape.count() == shape.dim(-1)
                && shape.count() > 0
                && (dtype() == Dtype.F32 || dtype() == Dtype.F64);
    }

    private Tensor linearRow(Tensor weight, @Nullable Tensor bias) {
        long[] out = shape.dims();
        out[out.length - 1] = weight.dim(0);
        Supplier<org.bytedeco.pytorch.Tensor> body = () -> {
            try (org.bytedeco.pytorch.Tensor row = h().reshape(shape.dim(-1));
                    org.bytedeco.pytorch.Tensor product =
                            bias == null ? weight.h().mv(row) : bias.h().addmv(weight.h(), row)) {
                return product.reshape(out);
            }
        };
        return bias == null ? op("linear", body, this, weight) : op("linear", body, this, weight, bias);
    }

    /// The Euclidean norm along an axis, which is dropped.
    public Tensor norms(int axis) {
        return reduced("norms along " + axis, sameType -> {
            try (Scalar two = new Scalar(2.0)) {
                return torch.linalg_vector_norm(h(), two, new long[] {axis}, false, sameType);
            }
        });
    }

    /// The sum of products of two tensors of one shape.
    public double dot(Tensor other) {
        return Scope.free(() -> times(other).sum().item());
    }

    /// Euclidean length of all values together. Blocks of them are summed in double precision: LibTorch's norm of ten
    /// million float32 numbers is off by 3e-4 of itself.
    public double norm() {
        return Scope.free(() -> {
            Tensor flat = (dtype() == Dtype.F64 ? this : to(Dtype.F32)).reshape(-1);
            long whole = shape().count() / NORM_BLOCK * NORM_BLOCK;
            Tensor blocks = flat.slice(0, 0, whole)
                    .reshape(whole / NORM_BLOCK, NORM_BLOCK)
                    .norms(1);
            Tensor rest = flat.slice(0, whole, shape().count());
            return Math.sqrt(DoubleStream.concat(Arrays.stream(blocks.toDoubles()), Arrays.stream(rest.toDoubles()))
                    .map(norm -> norm * norm)
                    .sum());
        });
    }

    // ---- reductions

    public Tensor sum() {
        return op("sum", () -> h().sum(), this);
    }

    /// Reduces one axis.
    public Tensor sum(int axis, boolean keepAxis) {
        return reduced("sum", type -> h().sum(new long[] {axis}, keepAxis, type));
    }

    public Tensor mean() {
        return op("mean", () -> h().mean(), this);
    }

    /// Reduces one axis.
    public Tensor mean(int axis, boolean keepAxis) {
        return reduced("mean", type -> h().mean(new long[] {axis}, keepAxis, type));
    }

    /// The largest value along an axis.
    public Tensor max(int axis, boolean keepAxis) {
        return op("max", () -> h().amax(new long[] {axis}, keepAxis), this);
    }

    /// Index of the largest value along an axis, int64; the first of equals.
    public Tensor argmax(int axis) {
        return op(
                "argmax",
                () -> {
                    try (LongOptional at = new LongOptional(axis)) {
                        return h().argmax(at, false);
                    }
                },
                this);
    }

    /// The k largest values along the last axis, largest first, and where they were (int64).
    public Top top(int k) {
        List<Tensor> pair = ops("top " + k, () -> h().topk(k, -1, true, true), this);
        return new Top(pair.get(0), pair.get(1));
    }

    /// What [#top] found: both `[..., k]`.
    public record Top(Tensor values, Tensor indices) {}

    /// Running sum along an axis.
    public Tensor cumulativeSum(int axis) {
        return op("cumulativeSum", () -> h().cumsum(axis), this);
    }

    /// `exp(x) / sum(exp(x))` along an axis, computed without overflow.
    ///
    /// Along a short axis LibTorch's own takes several times as long as the steps it is made of.
    public Tensor softmax(int axis) {
        if (dim(axis) > 0 && dim(axis) < SHORT && dtype().isFloating()) {
            return Scope.keep(() -> {
                Tensor exp = minus(Autograd.untracked(max(axis, true))).exp(); // which the result does not depend on
                return exp.over(exp.sum(axis, true));
            });
        }
        return op("softmax", () -> h().softmax(axis), this);
    }

    /// `log(softmax(x))`, computed without overflow.
    public Tensor logSoftmax(int axis) {
        return op("logSoftmax", () -> h().log_softmax(axis), this);
    }

    // ---- comparisons

    public Tensor less(Tensor other) {
        return op("less", () -> h().lt(other.h()), this, other);
    }

    public Tensor lessOrEqual(Tensor other) {
        return op("lessOrEqual", () -> h().le(other.h()), this, other);
    }

    public Tensor greater(Tensor other) {
        return op("greater", () -> h().gt(other.h()), this, other);
    }

    public Tensor equalTo(Tensor other) {
        return op("equalTo", () -> h().eq(other.h()), this, other);
    }

    public Tensor greater(double value) {
        return withScalar("greater", value, h()::gt);
    }

    public Tensor equalTo(double value) {
        return withScalar("equalTo", value, h()::eq);
    }

    public Tensor and(Tensor other) {
        return op("and", () -> h().logical_and(other.h()), this, other);
    }

    public Tensor or(Tensor other) {
        return op("or", () -> h().logical_or(other.h()), this, other);
    }

    public Tensor not() {
        return op("not", () -> h().logical_not(), this);
    }

    public Tensor isFinite() {
        return op("isFinite", () -> h().isfinite(), this);
    }

    /// Whether every element is true (not zero).
    public boolean all() {
        return Scope.free(() -> op("all", () -> h().all(), this).item() != 0);
    }

    /// The value wherever the mask holds, this tensor elsewhere.
    ///
    /// @throws IllegalArgumentException when an int64 tensor is to hold a value that is not whole
    public Tensor maskedFill(Tensor mask, double value) {
        if (dtype() == Dtype.I64 && !isWhole(value)) {
            throw new IllegalArgumentException(
                    value + " does not fit an int64 tensor " + shape + "; expected a whole number");
        }
        return op(
                "maskedFill",
                () -> {
                    try (Scalar fill = new Scalar(value)) {
                        return h().masked_fill(mask.h(), fill);
                    }
                },
                this,
                mask);
    }

    // ---- shape

    /// The same values in another shape; one size may be -1 and is worked out.
    public Tensor reshape(long... dims) {
        return op("reshape to " + Arrays.toString(dims), () -> h().reshape(dims), this);
    }

    public Tensor transpose(int first, int second) {
        return op("transpose", () -> h().transpose(first, second), this);
    }

    /// Reorders all axes: axis i of the result is axis `axes[i]` of this tensor.
    public Tensor permute(long... axes) {
        return op("permute", () -> h().permute(axes), this);
    }

    /// A new axis of size 1.
    public Tensor unsqueeze(int axis) {
        return op("unsqueeze", () -> h().unsqueeze(axis), this);
    }

    /// The values moved along an axis by some places; those that leave at its end come in at its start.
    public Tensor roll(int axis, long places) {
        return op("roll of axis " + axis, () -> torch.roll(h(), new long[] {places}, axis), this);
    }

    /// Drops an axis of size 1.
    ///
    /// @throws IllegalArgumentException when it has another size
    public Tensor squeeze(int axis) {
        if (dim(axis) != 1) {
            throw new IllegalArgumentException("squeeze of axis " + axis + " of " + shape + "; its size is not 1");
        }
        return op("squeeze", () -> h().squeeze((long) axis), this);
    }

    /// Repeats axes of size 1 without copying; -1 keeps a size.
    public Tensor expand(long... dims) {
        return op("expand to " + Arrays.toString(dims), () -> h().expand(dims), this);
    }

    /// A view of the indices from start to end, end not included.
    public Tensor slice(int axis, long start, long end) {
        return op(
                "slice " + start + " to " + end + " of axis " + axis, () -> h().narrow(axis, start, end - start), this);
    }

    /// A view of one index; the axis is dropped.
    public Tensor select(int axis, long index) {
        return op("select " + index + " of axis " + axis, () -> h().select(axis, index), this);
    }

    /// Copies the rows, along an axis, that an int64 vector names.
    public Tensor gatherRows(int axis, Tensor indices) {
        return op("gatherRows", () -> h().index_select(axis, indices.h()), this, indices);
    }

    /// Picks single elements along an axis: `indices` has this tensor's shape but along that axis.
    public Tensor gather(int axis, Tensor indices) {
        return op("gather", () -> h().gather(axis, indices.h()), this, indices);
    }

    /// A copy whose single elements along an axis, which `indices` names as in [#gather], are those of `values`.
    ///
    /// @param indices int64, of the same shape as `values`, each at most once along the axis
    public Tensor scatter(int axis, Tensor indices, Tensor values) {
        return op("scatter", () -> h().scatter(axis, indices.h(), values.h()), this, indices, values);
    }

    /// A copy whose rows, along an axis, that an int64 vector names are those of `rows`.
    public Tensor replaceRows(int axis, Tensor indices, Tensor rows) {
        return op("replaceRows", () -> h().index_copy(axis, indices.h(), rows.h()), this, indices, rows);
    }

    /// This tensor laid out row-major, copied only where it is not so already.
    public Tensor contiguous() {
        return op("contiguous", () -> h().contiguous(), this);
    }

    /// A copy with memory of its own.
    public Tensor copy() {
        return op("copy", () -> torch.clone(h()), this);
    }

    /// Another handle on the same values, whose lifetime is its own.
    public Tensor alias() {
        return op("alias", () -> new org.bytedeco.pytorch.Tensor(h()), this);
    }

    /// The values in another type; the same tensor's values where it has that type already.
    public Tensor to(Dtype dtype) {
        return op("to " + dtype, () -> h().to(dtype.torch()), this);
    }

    /// The same bytes as numbers of another type, for buffers; the last axis shrinks or grows with their size.
    public Tensor viewAs(Dtype dtype) {
        return op("viewAs " + dtype, () -> h().view(dtype.torch()), this);
    }

    /// Overwrites the values of this tensor, in place: for buffers such as a key/value cache, never for
    /// activations.
    public void assign(Tensor source) {
        try {
            h().copy_(source.h());
        } catch (IllegalStateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused("assign", e, this, source);
        }
    }

    // ---- lifetime

    /// Frees the native memory now. Using the tensor after that throws and names who freed it; a second close does
    /// nothing.
    @Override
    public void close() {
        if (freedBy == null) {
            if (owner != null) {
                owner.disown(this);
            }
            free(Scope.closer());
        }
    }

    /// How many tensors are alive in this process, for tests that watch memory.
    public static long live() {
        return LIVE.get();
    }

    synchronized void free(Caller who) {
        if (freedBy == null) {
            if (data != null) {
                closeData(data);
            }
            freedBy = who;
            owner = null;
            LIVE.decrementAndGet();
            handle.close();
        }
    }

    /// A copy from or to this memory that another thread has begun is waited for.
    private static void closeData(Arena data) {
        while (data.scope().isAlive()) {
            try {
                data.close();
            } catch (IllegalStateException inUse) {
                Thread.onSpinWait();
            }
        }
    }

    @Nullable
    Scope owner() {
        return owner;
    }

    int placeInOwner() {
        return placeInOwner;
    }

    void belongsTo(@Nullable Scope scope, int place) {
        owner = scope;
        placeInOwner = place;
    }

    // ---- calling LibTorch

    /// The native tensor.
    ///
    /// @throws IllegalStateException when it was freed
    org.bytedeco.pytorch.Tensor h() {
        if (freedBy != null) {
            throw new IllegalStateException("tensor " + shape + " was freed by " + freedBy
                    + "; keep it with Scope.keep or scope.release, or use it before that");
        }
        return handle;
    }

    static Tensor op(String name, Supplier<org.bytedeco.pytorch.Tensor> body, Tensor... operands) {
        Natives.load();
        try {
            return new Tensor(body.get());
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused(name, e, operands);
        }
    }

    static List<Tensor> ops(String name, Supplier<T_TensorTensor_T> body, Tensor... operands) {
        try (T_TensorTensor_T pair = body.get()) {
            return List.of(owned(pair.get0()), owned(pair.get1()));
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw refused(name, e, operands);
        }
    }

    /// A handle of its own for a tensor that a native tuple or vector still owns.
    static Tensor owned(org.bytedeco.pytorch.Tensor borrowed) {
        return new Tensor(new org.bytedeco.pytorch.Tensor(borrowed));
    }

    private Tensor reduced(String name, Function<ScalarTypeOptional, org.bytedeco.pytorch.Tensor> body) {
        return op(
                name,
                () -> {
                    try (ScalarTypeOptional sameType = new ScalarTypeOptional()) {
                        return body.apply(sameType);
                    }
                },
                this);
    }

    private static boolean isWhole(double value) {
        return value == Math.rint(value) && Math.abs(value) < 0x1p63;
    }

    private Tensor withScalar(String name, double value, Function<Scalar, org.bytedeco.pytorch.Tensor> body) {
        boolean whole = dtype() == Dtype.I64 && isWhole(value);
        return op(
                name,
                () -> {
                    try (Scalar scalar = whole ? new Scalar((long) value) : new Scalar(value)) {
                        return body.apply(scalar);
                    }
                },
                this);
    }

    static IllegalArgumentException refused(String name, RuntimeException cause, Tensor... operands) {
        String message = String.valueOf(cause.getMessage());
        String shapes =
                Stream.of(operands).map(tensor -> tensor.shape.toString()).collect(Collectors.joining(" and "));
        String what = shapes.isEmpty() ? name : name + " of " + shapes;
        return new IllegalArgumentException(
                what + ": " + message.lines().findFirst().orElse(""), cause);
    }
}
