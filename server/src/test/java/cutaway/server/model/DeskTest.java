package cutaway.server.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.server.api.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeskTest {

    @Test
    void aShortQuestionIsAnsweredInTheMiddleOfALongOne() throws Exception {
        try (Desk desk = new Desk(new Turns(), 4)) {
            CountDownLatch begun = new CountDownLatch(1);
            AtomicBoolean answered = new AtomicBoolean();
            CompletableFuture<Boolean> slow = CompletableFuture.supplyAsync(() -> desk.askAtLength(pass -> {
                begun.countDown();
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (!answered.get() && System.nanoTime() < until) {
                    pass.run();
                }
                return answered.get();
            }));
            begun.await();
            assertEquals(7, desk.ask(() -> {
                answered.set(true);
                return 7;
            }));
            assertTrue(slow.get(), "the long question let the short one go first");
        }
    }

    @Test
    void noTwoComputeAtOnce() throws Exception {
        try (Desk desk = new Desk(new Turns(), 4)) {
            AtomicBoolean isAt = new AtomicBoolean();
            AtomicBoolean met = new AtomicBoolean();
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<Boolean> slow = CompletableFuture.supplyAsync(() -> desk.askAtLength(pass -> {
                begun.countDown();
                for (int i = 0; i < 200; i++) {
                    met.compareAndSet(false, isAt.getAndSet(true));
                    Thread.onSpinWait();
                    isAt.set(false);
                    pass.run();
                }
                return true;
            }));
            begun.await();
            for (int i = 0; i < 50; i++) {
                desk.ask(() -> {
                    met.compareAndSet(false, isAt.getAndSet(true));
                    Thread.onSpinWait();
                    isAt.set(false);
                    return 0;
                });
            }
            assertTrue(slow.get());
            assertFalse(met.get(), "two had the turn");
        }
    }

    @Test
    void aFailureIsTheAskers() {
        try (Desk desk = new Desk(new Turns(), 1)) {
            Refusal thrown = assertThrows(
                    Refusal.class,
                    () -> desk.askAtLength(pass -> {
                        throw new Refusal(400, "no.");
                    }));
            assertEquals(400, thrown.status());
        }
    }
}
