package cutaway.server.model;

import cutaway.model.parts.BetweenBlocks;
import cutaway.server.api.Awaited;
import cutaway.server.api.Refusal;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// Answers what a reader waits for, between the steps of long works: on one thread, whose workers the numeric
/// library keeps, and on another what takes long enough to let others go first.
///
/// An answer that nobody waits for any more is left before the next block that a model computes for it. What goes
/// through no model (a file that is read, a product with a dictionary's directions) goes on to its end.
public final class Desk implements AutoCloseable {

    private final Turns turns;
    private final ThreadPoolExecutor quick;
    private final ThreadPoolExecutor slow;

    /// @param waiting questions of each kind that may wait; more are refused
    public Desk(Turns turns, int waiting) {
        this.turns = turns;
        this.quick = thread("desk", waiting);
        this.slow = thread("desk-slow", waiting);
    }

    private static ThreadPoolExecutor thread(String name, int waiting) {
        return new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                Thread.ofPlatform().name(name).factory());
    }

    /// Works when its turn has come, and returns what came of it.
    ///
    /// @throws Refusal when too many wait already
    /// @throws Awaited.Over when nobody waits for the answer any more: before it is begun, or a block of the model
    public <T> T ask(Supplier<T> work) {
        return answer(work, quick);
    }

    /// The same for what may take seconds.
    ///
    /// @param work gets what it calls whenever others may go first
    /// @throws Refusal when too many wait already
    /// @throws Awaited.Over as [#ask], and at the next place where others may go first
    public <T> T askAtLength(Function<Runnable, T> work) {
        Awaited asked = Awaited.now();
        return answer(
                () -> work.apply(() -> {
                    asked.check();
                    turns.pass();
                    asked.check();
                }),
                slow);
    }

    private <T> T answer(Supplier<T> work, ThreadPoolExecutor executor) {
        Awaited asked = Awaited.now();
        CompletableFuture<T> answer;
        try {
            answer = CompletableFuture.supplyAsync(
                    () -> turns.take(() -> {
                        asked.check();
                        return asked.during(() -> BetweenBlocks.during((block, of) -> asked.check(), work));
                    }),
                    executor);
        } catch (RejectedExecutionException e) {
            throw new Refusal(429, "too many questions wait; ask again in a moment.");
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public void close() {
        quick.close();
        slow.close();
    }
}
