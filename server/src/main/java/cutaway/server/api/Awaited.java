package cutaway.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Whether somebody still waits for the answer to a question: nobody does when a call was cancelled, or the page that
/// asked was closed. A work that can stop somewhere asks there, by [#check].
public final class Awaited {

    private static final ScopedValue<Awaited> OF_THIS_THREAD = ScopedValue.newInstance();

    /// Thrown through a work whose answer nobody waits for.
    public static final class Over extends RuntimeException {
        Over() {
            super("nobody waits for this answer any more.");
        }
    }

    private final List<Runnable> atOver = new ArrayList<>();
    private boolean over;

    /// That of the question which is answered on this thread; one that is never over where there is none.
    public static Awaited now() {
        return OF_THIS_THREAD.isBound() ? OF_THIS_THREAD.get() : new Awaited();
    }

    /// Works, with this as the one of the thread.
    public <T> T during(Supplier<T> work) {
        return ScopedValue.where(OF_THIS_THREAD, this).call(work::get);
    }

    /// Works to the end whether or not somebody waits for it: what is asked to be kept is kept, also when its page is
    /// closed meanwhile.
    public static <T> T anyway(Supplier<T> work) {
        return new Awaited().during(work);
    }

    /// Nobody waits any more.
    public void end() {
        List<Runnable> told;
        synchronized (this) {
            over = true;
            told = List.copyOf(atOver);
            atOver.clear();
        }
        told.forEach(Runnable::run);
    }

    public synchronized boolean isOver() {
        return over;
    }

    /// @throws Over when nobody waits any more
    public void check() {
        if (isOver()) {
            throw new Over();
        }
    }

    /// Runs this when nobody waits any more; at once where that is so already.
    public void whenOver(Runnable told) {
        synchronized (this) {
            if (!over) {
                atOver.add(told);
                return;
            }
        }
        told.run();
    }
}
