package cutaway.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Owns the tensors that its thread makes while it is open, and frees them when it closes.
///
///     try (Scope scope = Scope.open()) {
///         Tensor logits = model.logits(ids);   // freed with the scope ...
///         return scope.release(best(logits));  // ... unless released to the scope around it
///     }
///
/// Scopes nest, one stack for each thread. A tensor made while no scope is open belongs to whoever holds it, and
/// is freed by [Tensor#close]. Lifetime never depends on the garbage collector.
public final class Scope implements AutoCloseable {

    private static final ThreadLocal<@Nullable Scope> CURRENT = new ThreadLocal<>();

    private final @Nullable Scope outer;
    private final Thread thread = Thread.currentThread();
    private final String opener;
    private final ArrayList<@Nullable Tensor> tensors = new ArrayList<>();
    private boolean open = true;

    private Scope(@Nullable Scope outer, String opener) {
        this.outer = outer;
        this.opener = opener;
    }

    /// Opens a scope on this thread, inside the one that is open already.
    public static Scope open() {
        Scope scope = new Scope(CURRENT.get(), Caller.describe());
        CURRENT.set(scope);
        return scope;
    }

    /// Runs the body in a scope of its own and frees all that it made, but for the tensor that it returns.
    public static Tensor keep(Supplier<Tensor> body) {
        try (Scope scope = open()) {
            return scope.release(body.get());
        }
    }

    /// As [#keep], for a body that returns several tensors.
    public static List<Tensor> keepAll(Supplier<List<Tensor>> body) {
        try (Scope scope = open()) {
            List<Tensor> kept = List.copyOf(body.get());
            kept.forEach(scope::release);
            return kept;
        }
    }

    /// Runs the body in a scope of its own and frees every tensor that it made.
    public static <T> T free(Supplier<T> body) {
        try (Scope scope = open()) {
            return body.get();
        }
    }

    /// Hands a tensor over to the scope around this one, or to the caller where there is none.
    ///
    /// A tensor that this scope does not own (it came from outside) is returned as it is.
    public Tensor release(Tensor tensor) {
        if (tensor.owner() == this) {
            disown(tensor);
            if (outer != null) {
                outer.adopt(tensor);
            }
        }
        return tensor;
    }

    /// Hands a tensor to whoever holds it: no scope frees it any more, [Tensor#close] does.
    public static Tensor detach(Tensor tensor) {
        Scope owner = tensor.owner();
        if (owner != null) {
            owner.disown(tensor);
        }
        return tensor;
    }

    /// Frees every tensor that this scope owns.
    @Override
    public void close() {
        if (!open) {
            return;
        }
        if (Thread.currentThread() != thread || CURRENT.get() != this) {
            throw new IllegalStateException(
                    "the scope opened by " + opener + " must be closed on its own thread, before the scope around it");
        }
        open = false;
        CURRENT.set(outer);
        for (Tensor tensor : tensors) {
            if (tensor != null) {
                tensor.free("the scope opened by " + opener);
            }
        }
        tensors.clear();
    }

    static @Nullable Scope current() {
        return CURRENT.get();
    }

    void adopt(Tensor tensor) {
        tensor.belongsTo(this, tensors.size());
        tensors.add(tensor);
    }

    void disown(Tensor tensor) {
        tensors.set(tensor.placeInOwner(), null);
        tensor.belongsTo(null, -1);
    }
}
