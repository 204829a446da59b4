package cutaway.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.server.api.Json;
import cutaway.server.api.Refusal;
import cutaway.server.model.Turns;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class JobsTest {

    @TempDir
    Path folder;

    /// Doubles a number in steps; it waits at each until it is let go on.
    private static final class Doubling implements Work<Doubling.Number, Doubling.Number> {

        record Number(long number) {}

        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        final AtomicInteger runs = new AtomicInteger();

        @Override
        public Kind<Number, Number> kind() {
            return new Kind<>(
                    "doubling", "a number twice as large", Number.class, Number.class, Optional.of(Number.class));
        }

        @Override
        public void check(Number asked) {
            if (asked.number < 0) {
                throw new BadInputException("the number is " + asked.number + "; expected 0 or more.");
            }
        }

        @Override
        public Number run(Number asked, Told told) {
            runs.incrementAndGet();
            if (asked.number == 13) {
                throw new BadInputException("13 cannot be doubled; give another.");
            }
            told.draft(new Number(asked.number));
            begun.countDown();
            while (goOn.getCount() > 0) {
                told.at("waiting", "");
                Thread.onSpinWait();
            }
            return new Number(2 * asked.number);
        }
    }

    private Jobs jobs(Work<?, ?> work, int waiting) {
        return new Jobs(folder, List.of(work), new Turns(), 1, waiting);
    }

    private static JsonNode number(int number) {
        return Json.MAPPER.valueToTree(new Doubling.Number(number));
    }

    private static Job end(Jobs jobs, String id) throws Exception {
        CompletableFuture<Job> end = new CompletableFuture<>();
        jobs.listen(id, job -> {
            if (job.state().isEnd()) {
                end.complete(job);
            }
        });
        return end.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aJobIsToldOfAndItsResultKept() throws Exception {
        Doubling work = new Doubling();
        try (Jobs jobs = jobs(work, 4)) {
            Job asked = jobs.ask("doubling", number(21));
            work.begun.await();
            assertEquals(Job.State.RUNNING, jobs.job(asked.id()).state());
            assertEquals(
                    409,
                    assertThrows(Refusal.class, () -> jobs.result(asked.id(), "doubling"))
                            .status());
            assertEquals(1, jobs.job(asked.id()).drafts());
            assertEquals("{\"number\":21}", jobs.draft(asked.id(), "doubling"));
            assertThrows(Refusal.class, () -> jobs.draft(asked.id(), "other"));
            work.goOn.countDown();
            assertEquals(Job.State.DONE, end(jobs, asked.id()).state());
            assertEquals("{\"number\":42}", jobs.result(asked.id(), "doubling"));
            assertEquals(
                    404,
                    assertThrows(Refusal.class, () -> jobs.result(asked.id(), "other"))
                            .status());
        }
        try (Jobs later = jobs(new Doubling(), 4)) { // another server
            assertEquals("{\"number\":42}", later.result(later.all().getFirst().id(), "doubling"));
        }
    }

    @Test
    void theSameQuestionIsWorkedOnOnce() throws Exception {
        Doubling work = new Doubling();
        work.goOn.countDown();
        try (Jobs jobs = jobs(work, 4)) {
            Job first = jobs.ask("doubling", number(1));
            end(jobs, first.id());
            assertEquals(first.id(), jobs.ask("doubling", number(1)).id());
            assertNotEquals(first.id(), jobs.ask("doubling", number(2)).id());
            assertEquals(2, jobs.all().size());
        }
        Doubling again = new Doubling();
        again.goOn.countDown();
        try (Jobs later = jobs(again, 4)) { // another server
            assertEquals(Job.State.DONE, later.ask("doubling", number(1)).state());
            assertEquals(0, again.runs.get());
        }
    }

    @Test
    void aJobIsCancelledWhileItGoesOnAndWhileItWaits() throws Exception {
        Doubling work = new Doubling();
        try (Jobs jobs = jobs(work, 4)) {
            Job going = jobs.ask("doubling", number(1));
            Job waits = jobs.ask("doubling", number(2));
            work.begun.await();
            assertEquals(Job.State.CANCELLED, jobs.cancel(waits.id()).state());
            jobs.cancel(going.id());
            assertEquals(Job.State.CANCELLED, end(jobs, going.id()).state());
            assertEquals(1, work.runs.get());
            assertNotEquals(going.id(), jobs.ask("doubling", number(1)).id(), "a cancelled job is no answer");
        }
    }

    /// An address that is opened again asks without a reader's word.
    @Test
    void whatAReaderCancelledIsBegunAgainByTheirWordAlone() throws Exception {
        Doubling work = new Doubling();
        String cancelled;
        try (Jobs jobs = jobs(work, 4)) {
            cancelled = jobs.ask("doubling", number(1), false).id();
            work.begun.await();
            jobs.cancel(cancelled);
            assertEquals(cancelled, jobs.ask("doubling", number(1), false).id(), "while it comes to its end");
            assertEquals(Job.State.CANCELLED, end(jobs, cancelled).state());
            assertEquals(cancelled, jobs.ask("doubling", number(1), false).id());
            assertNotEquals(cancelled, jobs.ask("doubling", number(2), false).id(), "another question");
        }
        Doubling later = new Doubling();
        later.goOn.countDown();
        try (Jobs jobs = jobs(later, 4)) { // another server
            assertEquals(cancelled, jobs.ask("doubling", number(1), false).id());
            String again = jobs.ask("doubling", number(1)).id();
            assertNotEquals(cancelled, again);
            end(jobs, again);
            assertEquals(again, jobs.ask("doubling", number(1), false).id(), "what was done is found");
        }
    }

    /// Nobody said that it should not go on.
    @Test
    void whatStoppedWithItsPageIsBegunAgain() throws Exception {
        Doubling work = new Doubling();
        try (Jobs jobs = jobs(work, 4)) {
            String left = jobs.ask("doubling", number(1), false).id();
            work.begun.await();
            jobs.leave(left, "its page was closed.");
            assertEquals(Job.State.CANCELLED, end(jobs, left).state());
            assertNotEquals(left, jobs.ask("doubling", number(1), false).id());
        }
    }

    @Test
    void whatWasGoingOnIsTakenUpByTheNextServer() throws Exception {
        Doubling first = new Doubling();
        Jobs jobs = jobs(first, 4);
        Job going = jobs.ask("doubling", number(4));
        Job waits = jobs.ask("doubling", number(5));
        first.begun.await();
        jobs.close();
        Doubling second = new Doubling();
        second.goOn.countDown();
        try (Jobs next = jobs(second, 4)) {
            next.resume();
            Job done = end(next, going.id());
            assertEquals(Job.State.DONE, done.state());
            assertEquals(2, done.starts());
            assertEquals("{\"number\":8}", next.result(going.id(), "doubling"));
            assertEquals(Job.State.DONE, end(next, waits.id()).state());
        }
    }

    @Test
    void aListHasAllThatAreOnTheirWayAndTheNewestOfTheOthers() throws Exception {
        Doubling work = new Doubling();
        try (Jobs jobs = jobs(work, 4)) {
            Job first = jobs.ask("doubling", number(1));
            work.begun.await();
            Job second = jobs.ask("doubling", number(2));
            Job third = jobs.ask("doubling", number(3));
            jobs.cancel(second.id());
            jobs.cancel(third.id());
            assertEquals(List.of(first.id()), ids(jobs.all(Optional.empty(), 0)));
            assertEquals(List.of(third.id(), first.id()), ids(jobs.all(Optional.of("doubling"), 1)));
            assertEquals(List.of(third.id(), second.id(), first.id()), ids(jobs.all(Optional.empty(), 2)));
            assertEquals(List.of(), ids(jobs.all(Optional.of("halving"), 2)));
            work.goOn.countDown();
        }
    }

    private static List<String> ids(List<Job> jobs) {
        return jobs.stream().map(Job::id).toList();
    }

    @Test
    void aFailureIsSaidInItsOwnWords() throws Exception {
        Doubling work = new Doubling();
        work.goOn.countDown();
        try (Jobs jobs = jobs(work, 4)) {
            Job failed = end(jobs, jobs.ask("doubling", number(13)).id());
            assertEquals(Job.State.FAILED, failed.state());
            assertEquals("13 cannot be doubled; give another.", failed.problem());
            assertThrows(BadInputException.class, () -> jobs.ask("doubling", number(-1)));
            assertEquals(
                    404,
                    assertThrows(Refusal.class, () -> jobs.ask("halving", number(1)))
                            .status());
            assertEquals(1, jobs.all().size(), "what is refused is no job");
        }
    }

    /// Goes on in steps until it is let go, and counts them; notes how many compute at a time.
    private static final class Stepping implements Work<Doubling.Number, Doubling.Number> {

        final CountDownLatch goOn = new CountDownLatch(1);
        final AtomicIntegerArray steps = new AtomicIntegerArray(4);
        final AtomicInteger computing = new AtomicInteger();
        final AtomicInteger mostComputing = new AtomicInteger();

        @Override
        public Kind<Doubling.Number, Doubling.Number> kind() {
            return new Kind<>("stepping", "steps", Doubling.Number.class, Doubling.Number.class);
        }

        @Override
        public Doubling.Number run(Doubling.Number asked, Told told) {
            do {
                mostComputing.accumulateAndGet(computing.incrementAndGet(), Math::max);
                steps.incrementAndGet((int) asked.number);
                computing.decrementAndGet();
                told.at("stepping", "");
            } while (goOn.getCount() > 0);
            return asked;
        }

        boolean areGoing(int... jobs) {
            return IntStream.of(jobs).allMatch(job -> steps.get(job) > 5);
        }
    }

    /// As docs/workbench.md says it: two take turns at each step, a third waits, and a question comes in between.
    @Test
    void twoJobsTakeTurnsAtEachStepAndAQuestionComesInBetween() throws Exception {
        Stepping work = new Stepping();
        Turns turns = new Turns();
        try (Jobs jobs = new Jobs(folder, List.of(work), turns, 2, 4)) {
            for (int number = 1; number <= 3; number++) {
                jobs.ask("stepping", number(number));
            }
            for (long end = System.nanoTime() + 20_000_000_000L; !work.areGoing(1, 2); Thread.sleep(1)) {
                assertTrue(System.nanoTime() < end, "the second waits for the end of the first: " + work.steps);
            }
            int computing = turns.take(work.computing::get);
            assertEquals(0, computing, "a question is answered between two steps");
            assertEquals(0, work.steps.get(3));
            assertEquals(Job.State.QUEUED, jobs.all().getFirst().state());
            work.goOn.countDown();
            for (Job job : jobs.all()) {
                assertEquals(Job.State.DONE, end(jobs, job.id()).state());
            }
            assertEquals(1, work.mostComputing.get());
        }
    }

    @Test
    void tooManyAreRefused() throws Exception {
        Doubling work = new Doubling();
        try (Jobs jobs = jobs(work, 2)) {
            jobs.ask("doubling", number(1));
            work.begun.await();
            jobs.ask("doubling", number(2));
            jobs.ask("doubling", number(3));
            assertEquals(
                    429,
                    assertThrows(Refusal.class, () -> jobs.ask("doubling", number(4)))
                            .status());
            work.goOn.countDown();
        }
    }

    @Test
    void aDamagedFileIsNoJobAndStaysWhereItIs() throws Exception {
        Path damaged = folder.resolve("x.job.json");
        Files.writeString(damaged, "{\"id\": ");
        try (Jobs jobs = jobs(new Doubling(), 2)) {
            jobs.resume();
            assertTrue(jobs.all().isEmpty());
        }
        assertTrue(Files.exists(damaged));
    }

    @Test
    void aDiskThatRefusesIsSaid() throws Exception {
        Doubling work = new Doubling();
        Path file = folder.resolve("file");
        Files.writeString(file, "");
        try (Jobs jobs = new Jobs(file.resolve("jobs"), List.of(work), new Turns(), 1, 2)) {
            assertEquals(
                    507,
                    assertThrows(Refusal.class, () -> jobs.ask("doubling", number(1)))
                            .status());
            assertTrue(jobs.all().isEmpty());
        }
    }
}
