package cutaway.server.model;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Who computes: one at a time, in the order of asking, so that no two share the cores and each is as fast as alone.
///
/// A long work lets all who wait go first whenever it can, by [#pass]: two long works alternate, and a short one
/// between them waits for one such step of each at most.
public final class Turns {

    private final Semaphore turn = new Semaphore(1, true);

    /// Works when its turn has come.
    public <T> T take(Supplier<T> work) {
        turn.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            turn.release();
        }
    }

    /// Called by a work that has its turn, on any of its threads: those who wait go first.
    public void pass() {
        if (turn.hasQueuedThreads()) {
            turn.release();
            turn.acquireUninterruptibly();
        }
    }
}
