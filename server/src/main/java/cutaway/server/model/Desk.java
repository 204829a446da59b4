package cutaway.server.model;

import cutaway.server.api.Refusal;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Answers what a reader waits for: on one thread, whose workers the numeric library keeps, ahead of long works.
public final class Desk implements AutoCloseable {

    private final Turns turns;
    private final ThreadPoolExecutor executor;

    /// @param waiting questions that may wait; more are refused
    public Desk(Turns turns, int waiting) {
        this.turns = turns;
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                Thread.ofPlatform().name("desk").factory());
    }

    /// Works when its turn has come, and returns what came of it.
    ///
    /// @throws Refusal when too many wait already
    public <T> T ask(Supplier<T> work) {
        CompletableFuture<T> answer;
        try {
            answer = CompletableFuture.supplyAsync(() -> turns.take(work), executor);
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
        executor.close();
    }
}
