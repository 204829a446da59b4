package cutaway.tensor;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Work of a few equal pieces on all cores, each piece on one.
///
/// For pieces that compute with tensors. LibTorch usually spreads an operation over all cores itself, so pieces side by
/// side would wait for each other's threads; here all that a piece does keeps to the thread of that piece. Hundreds of
/// such works make one forward pass, so the threads stay awake a little between them: to wake one takes as long as a
/// small piece.
public final class Cores {

    private static final long AWAKE_NANOS = 2_000_000;

    private static final AtomicReference<@Nullable Work> CURRENT = new AtomicReference<>();
    private static final Thread[] HELPERS = helpers();
    private static final ThreadLocal<Boolean> IN_PIECE = ThreadLocal.withInitial(() -> false);

    private Cores() {}

    /// How many pieces run at a time: as many as LibTorch uses threads (`OMP_NUM_THREADS`).
    public static int count() {
        return HELPERS.length + 1;
    }

    /// How many of them a work that begins here can use: in a piece of another, one.
    static int free() {
        return IN_PIECE.get() ? 1 : count();
    }

    /// Calls `piece` with each number from 0 up to `count`, and returns when all are done.
    ///
    /// Pieces may run on any thread, where no scope is open. What a piece throws is thrown here, the first of them;
    /// the others are still called. The pieces of a piece stay on its thread.
    public static void forEach(long count, LongConsumer piece) {
        if (count == 1) {
            piece.accept(0);
            return;
        }
        Work work = new Work(count, piece);
        if (IN_PIECE.get()) {
            work.takePart();
            work.rethrow();
            return;
        }
        OpenBlas.onOneThread(() -> {
            CURRENT.set(work);
            for (Thread helper : HELPERS) {
                LockSupport.unpark(helper);
            }
            work.takePart();
            work.await();
        });
        work.rethrow();
    }

    private static Thread[] helpers() {
        Natives.load();
        return IntStream.range(1, Math.max(1, torch.get_num_threads()))
                .mapToObj(i ->
                        Thread.ofPlatform().daemon().name("cutaway-core-" + i).start(Cores::help))
                .toArray(Thread[]::new);
    }

    private static void help() {
        long sleepAt = System.nanoTime() + AWAKE_NANOS;
        while (true) {
            Work work = CURRENT.get();
            if (work != null) {
                work.takePart();
                CURRENT.compareAndSet(work, null);
                sleepAt = System.nanoTime() + AWAKE_NANOS;
            } else if (System.nanoTime() < sleepAt) {
                Thread.yield();
            } else {
                LockSupport.park();
                sleepAt = System.nanoTime() + AWAKE_NANOS;
            }
        }
    }

    /// Pieces that whoever has time takes one by one. The caller is always among the takers, so it is done even when
    /// another caller's work has called the helpers away.
    private static final class Work {

        private final long count;
        private final LongConsumer piece;
        private final AtomicLong next = new AtomicLong();
        private final AtomicLong done = new AtomicLong();
        private final AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();

        Work(long count, LongConsumer piece) {
            this.count = count;
            this.piece = piece;
        }

        /// Takes pieces until there are none left.
        void takePart() {
            boolean inPiece = IN_PIECE.get();
            IN_PIECE.set(true);
            try {
                OpenMp.onOneThread(this::callPieces);
            } finally {
                IN_PIECE.set(inPiece);
            }
        }

        private void callPieces() {
            for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                try {
                    piece.accept(i);
                } catch (RuntimeException | Error e) {
                    problem.compareAndSet(null, e);
                } finally {
                    done.incrementAndGet();
                }
            }
        }

        void await() {
            while (done.get() < count) {
                Thread.yield();
            }
            CURRENT.compareAndSet(this, null);
        }

        void rethrow() {
            switch (problem.get()) {
                case null -> {}
                case Error e -> throw e;
                case RuntimeException e -> throw e;
                case Throwable e -> throw new IllegalStateException(e);
            }
        }
    }
}
