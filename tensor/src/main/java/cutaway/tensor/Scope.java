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
/// is freed by [Tensor#close]. Lifetime never depends on the garbage collector. Other threads may use a tensor while
/// its scope is open; what they make belongs to their own scopes.
public final class Scope implements AutoCloseable {

    private static final ThreadLocal<@Nullable Scope> CURRENT = new ThreadLocal<>();

    private final @Nullable Scope outer;
    private final Thread thread = Thread.currentThread();
    private final Caller opener;
    private final boolean speaksForAll;
    private final ArrayList<Tensor> tensors = new ArrayList<>();
    private boolean open = true;

    private Scope(@Nullable Scope outer, boolean speaksForAll) {
        this.outer = outer;
        this.speaksForAll = speaksForAll || (outer != null && outer.speaksForAll);
        this.opener = outer != null && outer.speaksForAll ? outer.opener : Caller.find("the scope opened by ");
    }

    /// Opens a scope on this thread, inside the one that is open already.
    public static Scope open() {
        return open(false);
    }

    /// As [#open], for what runs thousands of times: of what is freed inside of it, by scopes too, it says that this
    /// one freed it. To find out who opens a scope takes as long as a small operation does.
    public static Scope openForAll() {
        return open(true);
    }

    private static Scope open(boolean speaksForAll) {
        Scope scope = new Scope(CURRENT.get(), speaksForAll);
        CURRENT.set(scope);
        return scope;
    }

    /// Who frees a tensor by its close.
    static Caller closer() {
        Scope scope = CURRENT.get();
        return scope != null && scope.speaksForAll ? scope.opener : Caller.find("");
    }

    /// Runs the body in a scope of its own and frees all that it made, but for the tensor that it returns.
    public static Tensor keep(Supplier<Tensor> body) {
        try (Scope scope = open()) {
            return scope.release(body.get());
        }
    }

    /// As [#keep], in a scope that speaks for all inside of it: see [#openForAll].
    public static Tensor keepForAll(Supplier<Tensor> body) {
        try (Scope scope = openForAll()) {
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

    /// Frees every tensor that this scope owns; a second close does nothing.
    ///
    /// @throws IllegalStateException on another thread (nothing is freed then), or when a scope inside this one is
    ///     still open (both are freed, so that nothing stays behind)
    @Override
    public void close() {
        if (!open) {
            return;
        }
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(opener + " on thread " + thread.getName() + " was closed on thread "
                    + Thread.currentThread().getName() + "; close it on its own thread");
        }
        Scope innermost = CURRENT.get();
        for (Scope scope = innermost; scope != outer && scope != null; scope = scope.outer) {
            scope.end();
        }
        CURRENT.set(outer);
        if (innermost != this && innermost != null) {
            throw new IllegalStateException(innermost.opener + " was still open when " + opener
                    + ", around it, was closed; close the inner one first (try-with-resources does)");
        }
    }

    private synchronized void end() {
        open = false;
        while (!tensors.isEmpty()) {
            tensors.removeLast().free(opener);
        }
    }

    static @Nullable Scope current() {
        return CURRENT.get();
    }

    synchronized void adopt(Tensor tensor) {
        tensor.belongsTo(this, tensors.size());
        tensors.add(tensor);
    }

    /// The last tensor moves into the gap, so that a scope which sees many come and go does not grow.
    synchronized void disown(Tensor tensor) {
        if (tensor.owner() != this) {
            return; // another thread was faster
        }
        Tensor last = tensors.removeLast();
        if (last != tensor) {
            tensors.set(tensor.placeInOwner(), last);
            last.belongsTo(this, tensor.placeInOwner());
        }
        tensor.belongsTo(null, -1);
    }
}
