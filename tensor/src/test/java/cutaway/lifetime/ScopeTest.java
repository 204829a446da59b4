package cutaway.lifetime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Autograd;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who frees what, and when. Outside of the tensor package, as users are: messages name the user's line, not ours.
class ScopeTest {

    private long live;

    @BeforeEach
    void count() {
        live = Tensor.live();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(live, Tensor.live());
    }

    @Test
    void useAfterTheScopeNamesTheLineThatOpenedIt() {
        Tensor freed;
        int line = here() + 1;
        try (Scope scope = Scope.open()) {
            freed = Tensor.ones(2, 3);
        }
        String message = assertThrows(IllegalStateException.class, freed::exp).getMessage();
        assertTrue(message.contains("[2, 3]"), message);
        assertTrue(message.contains("ScopeTest.java:" + line + ")"), message);
        assertTrue(freed.toString().contains("ScopeTest.java:" + line + ")"), freed.toString());
        assertTrue(message.contains("scope opened by ScopeTest.useAfterTheScopeNamesTheLineThatOpenedIt"), message);
    }

    @Test
    void useAfterCloseNamesTheLineThatClosedIt() {
        Tensor freed = Tensor.ones(1);
        List<Tensor> list = List.of(freed);
        int line = here() + 1;
        list.forEach(Tensor::close);
        freed.close();
        for (Runnable use : List.<Runnable>of(
                freed::exp,
                freed::toFloats,
                freed::data,
                freed::dtype,
                freed::item,
                () -> freed.plus(1),
                () -> Tensor.cat(List.of(freed), 0),
                () -> LinearAlgebra.svd(freed),
                () -> LinearAlgebra.qr(freed),
                () -> Autograd.track(freed))) {
            String message = assertThrows(IllegalStateException.class, use::run).getMessage();
            assertTrue(message.contains("ScopeTest.java:" + line + ")"), message);
        }
    }

    @Test
    void gradientOfAFreedTensorSaysThatItWasFreed() {
        try (Scope scope = Scope.open()) {
            Tensor x = Autograd.track(Tensor.ones(2));
            Tensor loss = x.square().sum();
            x.close();
            assertThrows(IllegalStateException.class, () -> Autograd.gradients(loss, List.of(x)));
        }
    }

    @Test
    void memoryOfAFreedTensorIsGuarded() {
        Tensor tensor = Tensor.ones(2);
        MemorySegment data = tensor.data();
        assertEquals(1, data.getAtIndex(ValueLayout.JAVA_FLOAT, 1));
        tensor.close();
        assertThrows(IllegalStateException.class, () -> data.getAtIndex(ValueLayout.JAVA_FLOAT, 1));
    }

    @Test
    void viewsOutliveTheTensorThatTheyLookAt() {
        Tensor row = Scope.keep(() -> Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).select(0, 1));
        assertArrayEquals(new float[] {3, 4}, row.toFloats());
        row.close();
    }

    @Test
    void keepHandsTheResultToTheScopeAround() {
        Tensor kept;
        try (Scope outer = Scope.open()) {
            kept = Scope.keep(() -> Tensor.ones(2).plus(1));
            assertEquals(live + 1, Tensor.live());
            assertEquals(4, kept.sum().item());
        }
        assertThrows(IllegalStateException.class, kept::sum);
    }

    @Test
    void keepWithoutAScopeAroundHandsTheResultToTheCaller() {
        Tensor kept = Scope.keep(() -> Tensor.ones(2).plus(1));
        assertEquals(live + 1, Tensor.live());
        kept.close();
    }

    @Test
    void keepLeavesATensorFromOutsideWhereItIs() {
        Tensor outside = Tensor.ones(2);
        assertSame(outside, Scope.keep(() -> outside));
        try (Scope scope = Scope.open()) {
            assertSame(outside, scope.release(outside));
        }
        assertEquals(2, outside.dim(0));
        outside.close();
    }

    @Test
    void keepAllKeepsEachOnceAndFreesTheRest() {
        try (Scope scope = Scope.open()) {
            List<Tensor> kept = Scope.keepAll(() -> {
                Tensor a = Tensor.ones(1);
                Tensor b = a.plus(1);
                b.times(3);
                return List.of(a, b, a);
            });
            assertEquals(live + 2, Tensor.live());
            assertEquals(2, kept.get(1).item());
        }
    }

    @Test
    void detachedTensorsOutliveEveryScope() {
        Tensor cache;
        try (Scope scope = Scope.open()) {
            cache = Scope.detach(Tensor.ones(3));
            assertSame(cache, Scope.detach(cache));
        }
        assertArrayEquals(new float[] {1, 1, 1}, cache.toFloats());
        cache.close();
    }

    @Test
    void exceptionsFreeEverything() {
        assertThrows(
                ArithmeticException.class,
                () -> Scope.keep(() -> {
                    Tensor x = Tensor.ones(3);
                    return Scope.keep(() -> {
                        x.exp();
                        throw new ArithmeticException();
                    });
                }));
        assertThrows(
                IllegalArgumentException.class,
                () -> Scope.keepAll(() -> List.of(Tensor.ones(3).reshape(2))));
        assertThrows(
                NullPointerException.class,
                () -> Scope.keepAll(() -> {
                    List<Tensor> withNull = new ArrayList<>();
                    withNull.add(Tensor.ones(3));
                    withNull.add(null);
                    return withNull;
                }));
    }

    @Test
    void closingAnOuterScopeFirstFreesBothAndSaysSo() {
        Scope outer = Scope.open();
        Tensor.ones(1);
        Scope inner = Scope.open();
        Tensor.ones(1);
        String message = assertThrows(IllegalStateException.class, outer::close).getMessage();
        assertTrue(message.contains("was still open"), message);
        assertEquals(live, Tensor.live());
        inner.close();
        outer.close();
        Tensor free = Tensor.ones(1);
        assertEquals(live + 1, Tensor.live(), "no scope is open any more");
        free.close();
    }

    @Test
    void aScopeIsClosedOnItsOwnThread() throws Exception {
        try (Scope scope = Scope.open()) {
            Tensor.ones(1);
            String message = onAnotherThread(() ->
                    assertThrows(IllegalStateException.class, scope::close).getMessage());
            assertTrue(message.contains("own thread"), message);
            assertEquals(live + 1, Tensor.live());
        }
    }

    @Test
    void closedTensorsLeaveTheirScopeInAnyOrder() {
        try (Scope scope = Scope.open()) {
            List<Tensor> tensors = new ArrayList<>();
            for (int i = 0; i < 13; i++) {
                tensors.add(Tensor.scalar(i));
            }
            for (int i : new int[] {12, 0, 5, 11, 1}) {
                tensors.get(i).close();
            }
            scope.release(tensors.get(7)).close();
            assertEquals(live + 7, Tensor.live());
            assertEquals(10, tensors.get(10).item());
        }
    }

    @Test
    void everyThreadHasScopesOfItsOwn() throws Exception {
        try (Scope scope = Scope.open();
                ExecutorService pool = Executors.newFixedThreadPool(4)) {
            Tensor shared = Tensor.ones(207);
            List<Callable<Double>> jobs = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                int factor = i;
                jobs.add(() -> {
                    double last = 0;
                    for (int j = 0; j < 200; j++) {
                        Tensor kept =
                                Scope.keep(() -> shared.times(factor).plus(1).sum());
                        last = kept.item();
                        kept.close();
                    }
                    return last;
                });
            }
            List<Future<Double>> results = pool.invokeAll(jobs);
            for (int i = 0; i < 16; i++) {
                assertEquals(207.0 * (i + 1), results.get(i).get());
            }
        }
    }

    @Test
    void closingOneTensorFromManyThreadsFreesItOnce() throws Exception {
        try (Scope scope = Scope.open();
                ExecutorService pool = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 200; i++) {
                Tensor tensor = Tensor.ones(13);
                CountDownLatch start = new CountDownLatch(1);
                List<Future<?>> closers = new ArrayList<>();
                for (int j = 0; j < 4; j++) {
                    closers.add(pool.submit(() -> {
                        start.await();
                        tensor.close();
                        return null;
                    }));
                }
                start.countDown();
                for (Future<?> closer : closers) {
                    closer.get();
                }
                assertEquals(live, Tensor.live());
            }
        }
    }

    private static <T> T onAnotherThread(Callable<T> body) throws Exception {
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            return one.submit(body).get();
        }
    }

    private static int here() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }
}
