package cutaway.server.job;

import cutaway.server.api.Json;
import cutaway.server.api.Refusal;
import cutaway.server.model.Turns;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Runs long works, a few at a time, and keeps them: each job and what came of it is a file.
///
/// Those that go on take turns, a step of one and then a step of the next ([Turns]), so that a short work need not wait
/// for the end of a long one; the others wait in the order of asking. What a page waits for ([Work#isForItsPage]) waits
/// for its like alone, not for studies of an hour.
///
/// When the server is started again, what waited or was going on is taken up, in the old order. A question that was
/// answered before is not worked on again.
public final class Jobs implements AutoCloseable {

    /// Jobs that are remembered; the oldest that have come to their end are forgotten, with their results.
    static final int KEPT = 500;

    /// At most so often is a job's progress told, in milliseconds.
    private static final long PAUSE = 100;

    /// In so many milliseconds a page that is loaded again has asked for its job anew.
    private static final long RELOAD = 5000;

    /// Why a work is cancelled that nobody cancelled.
    private static final String LEFT = "its page was closed or left, and nobody else had asked for it.";

    private final class Live {
        private volatile Job job;
        private volatile boolean cancelled;
        private volatile String why = ""; // it was cancelled; empty where a reader did it
        private int asked = 1;
        private int left;
        private volatile long told;
        private volatile @Nullable String draft;
        private final List<Consumer<Job>> listeners = new CopyOnWriteArrayList<>();

        Live(Job job) {
            this.job = job;
        }

        /// Whether a reader cancelled it, now or before the last start of the server.
        boolean isCancelledByReader() {
            return job.state().isEnd()
                    ? job.state() == Job.State.CANCELLED && job.problem().isEmpty()
                    : cancelled && why.isEmpty();
        }
    }

    private final JobFolder folder;
    private final Turns turns;
    private final int waiting;
    private final ExecutorService lasting;
    private final ExecutorService forPages;
    private final Map<String, Work<?, ?>> works = new LinkedHashMap<>();
    private final Map<String, Live> jobs = new LinkedHashMap<>();
    private volatile boolean closed;

    /// @param atOnce works that go on side by side, taking turns: so many that a page waits for, and so many others
    /// @param waiting jobs that may wait; more are refused
    public Jobs(Path folder, List<Work<?, ?>> works, Turns turns, int atOnce, int waiting) {
        this.folder = new JobFolder(folder);
        this.turns = turns;
        this.waiting = waiting;
        this.lasting = threads("job-", atOnce);
        this.forPages = threads("page-job-", atOnce);
        works.forEach(work -> this.works.put(work.kind().name(), work));
        this.folder.all().forEach(job -> jobs.put(job.id(), new Live(job)));
    }

    private static ExecutorService threads(String name, int count) {
        return Executors.newFixedThreadPool(
                count, Thread.ofPlatform().name(name, 0).daemon().factory());
    }

    /// The kinds of work.
    public List<Work<?, ?>> works() {
        return List.copyOf(works.values());
    }

    /// Takes up what the last server left: what waited, and what was going on.
    public synchronized void resume() {
        for (Live live : jobs.values()) {
            if (!live.job.state().isEnd()) {
                live.job = live.job.queuedAgain();
                start(live);
            }
        }
    }

    /// Asks for a work. One that was done before, or is on its way, is found and not begun again.
    ///
    /// @throws Refusal when there is no such kind, or too many wait
    /// @throws BadInputException when the question cannot be answered
    public Job ask(String kind, JsonNode question) {
        return ask(kind, question, true);
    }

    /// As [#ask(String, JsonNode)], for what may ask without a reader's word, such as an address that is opened again.
    ///
    /// @param again whether a work that a reader cancelled is begun again; else it is found as it is
    public Job ask(String kind, JsonNode question, boolean again) {
        Work<?, ?> work = work(kind);
        JsonNode asked = Json.MAPPER.readTree(question.toString()); // as it will be read back: else 0 is not 0L
        Optional<Job> known =
                same(kind, asked, again); // what was answered once may not be asked anew, such as to make a folder
        if (known.isPresent()) {
            return known.get();
        }
        checked(work, asked);
        synchronized (this) {
            Optional<Job> same = same(kind, asked, again);
            if (same.isPresent()) {
                return same.get();
            }
            if (jobs.values().stream()
                            .filter(live -> live.job.state() == Job.State.QUEUED)
                            .count()
                    >= waiting) {
                throw new Refusal(429, waiting + " jobs wait already; cancel one, or ask again when they are done.");
            }
            String id = UUID.randomUUID().toString();
            Job job = new Job(id, kind, asked, Job.State.QUEUED, "", "", "", now(), "", 0, 0);
            folder.put(job);
            Live live = new Live(job);
            jobs.put(id, live);
            forget();
            start(live);
            return job;
        }
    }

    /// The last job of a question that was done, or is on its way; somebody more has asked for it then. Where nothing
    /// is to be begun again, the last of all, if a reader cancelled it.
    private synchronized Optional<Job> same(String kind, JsonNode asked, boolean again) {
        List<Live> same = jobs.values().stream()
                .filter(live -> live.job.kind().equals(kind) && live.job.asked().equals(asked))
                .toList();
        Optional<Live> found = same.stream()
                .filter(live -> live.job.state().isEnd() ? live.job.state() == Job.State.DONE : !live.cancelled)
                .reduce((first, last) -> last);
        found.ifPresent(live -> live.asked++);
        if (found.isEmpty() && !again && !same.isEmpty() && same.getLast().isCancelledByReader()) {
            return Optional.of(same.getLast().job);
        }
        return found.map(live -> live.job);
    }

    /// All jobs, the newest first.
    public synchronized List<Job> all() {
        return new ArrayList<>(jobs.values().stream().map(live -> live.job).toList()).reversed();
    }

    /// All that wait or go on, and the newest that have come to their end; the newest first.
    ///
    /// @param kind that they must be of; empty for every kind
    /// @param ended at most so many that have come to their end
    public List<Job> all(Optional<String> kind, int ended) {
        AtomicInteger left = new AtomicInteger(ended);
        return all().stream()
                .filter(job -> kind.isEmpty() || kind.get().equals(job.kind()))
                .filter(job -> !job.state().isEnd() || left.getAndDecrement() > 0)
                .toList();
    }

    /// @throws Refusal when there is none of this name
    public Job job(String id) {
        return live(id).job;
    }

    /// What came of a job, as JSON.
    ///
    /// @param kind that the job must be of
    /// @throws Refusal when it is not done, or of another kind
    public String result(String id, String kind) {
        Job job = live(id, kind).job;
        if (job.state() != Job.State.DONE) {
            throw new Refusal(
                    409,
                    "job " + id + " is " + job.state().name().toLowerCase(java.util.Locale.ROOT)
                            + (job.problem().isEmpty() ? "" : ": " + job.problem()));
        }
        return folder.result(id)
                .orElseThrow(() -> new Refusal(404, "what came of job " + id + " is gone; ask for it again."));
    }

    /// What is known of a job that goes on, as JSON.
    ///
    /// @param kind that the job must be of
    /// @throws Refusal when nothing is known yet, or no more than the result
    public String draft(String id, String kind) {
        String draft = live(id, kind).draft;
        if (draft == null) {
            throw new Refusal(409, "job " + id + " has no draft; ask for it while the job goes on, or for its result.");
        }
        return draft;
    }

    /// Stops a job at the next place where it can be stopped. One that has come to its end stays as it is.
    public Job cancel(String id) {
        return cancel(live(id), "");
    }

    private Job cancel(Live live, String why) {
        synchronized (this) {
            if (!live.cancelled) {
                live.why = why;
                live.cancelled = true;
            }
            if (live.job.state() == Job.State.QUEUED) {
                change(live, live.job.ended(Job.State.CANCELLED, live.why, now()));
            }
        }
        return live.job;
    }

    /// One of those who asked for a job waits for it no more; it is cancelled when none of them does, and nobody
    /// listens. One that has come to its end stays as it is.
    ///
    /// @param why it is left, in one sentence: what [Job#problem] of a cancelled job says
    public void leave(String id, String why) {
        Live live = live(id);
        synchronized (this) {
            live.left++;
            if (live.left < live.asked || !live.listeners.isEmpty()) {
                return;
            }
        }
        cancel(live, why);
    }

    /// Tells of every change of a job, and of how it is now.
    ///
    /// @return ends the telling
    public Runnable listen(String id, Consumer<Job> listener) {
        Live live = live(id);
        live.listeners.add(listener);
        listener.accept(live.job);
        return () -> live.listeners.remove(listener);
    }

    /// As [#listen], for a page. One that is closed leaves a work that is for it alone ([Work#isForItsPage]), unless it
    /// is loaded again.
    ///
    /// @return ends the telling: the page was closed
    public Runnable watch(String id, Consumer<Job> listener) {
        Runnable end = listen(id, listener);
        boolean isLeft = isForItsPage(live(id).job);
        return () -> {
            end.run();
            if (isLeft) {
                CompletableFuture.delayedExecutor(RELOAD, TimeUnit.MILLISECONDS).execute(() -> {
                    if (!closed) { // then the next server takes it up
                        leave(id, LEFT);
                    }
                });
            }
        };
    }

    private boolean isForItsPage(Job job) {
        Work<?, ?> work = works.get(job.kind());
        return work != null && work.isForItsPage();
    }

    private void start(Live live) {
        try {
            (isForItsPage(live.job) ? forPages : lasting).execute(() -> run(live));
        } catch (RejectedExecutionException e) {
            throw new Refusal(503, "the server is being stopped; ask again when it is up.");
        }
    }

    private void run(Live live) {
        synchronized (this) {
            if (live.job.state().isEnd() || closed) {
                return; // cancelled while it waited; or taken up by the next server
            }
            change(live, live.job.begun());
        }
        try {
            carryOut(work(live.job.kind()), live);
        } catch (Work.Cancelled e) {
            if (!closed) {
                change(live, live.job.ended(Job.State.CANCELLED, live.why, now()));
            }
        } catch (BadInputException | Refusal e) {
            change(live, live.job.ended(Job.State.FAILED, String.valueOf(e.getMessage()), now()));
        } catch (RuntimeException | Error e) {
            change(live, live.job.ended(Job.State.FAILED, "this should not have happened: " + e, now()));
        } finally {
            live.draft = null;
        }
    }

    private <I extends Record, O> void carryOut(Work<I, O> work, Live live) {
        I asked = Json.read(live.job.asked(), work.kind().takes());
        O result = turns.take(() -> {
            at(live, "begin", "");
            return work.run(asked, told(live));
        });
        folder.putResult(live.job.id(), result);
        change(live, live.job.ended(Job.State.DONE, "", now()));
        try {
            turns.take(() -> {
                work.done(asked, result);
                return result;
            });
        } catch (RuntimeException | Error e) {
            return; // the job is done; what readers ask next takes longer, and says itself what is wrong
        }
    }

    private Work.Told told(Live live) {
        return new Work.Told() {
            @Override
            public void at(String step, String done) {
                Jobs.this.at(live, step, done);
            }

            @Override
            public void draft(Object known) {
                live.draft = Json.text(known);
                live.job = live.job.drafted();
                tell(live);
            }
        };
    }

    private static <I extends Record> void checked(Work<I, ?> work, JsonNode asked) {
        work.check(Json.read(asked, work.kind().takes()));
    }

    private void at(Live live, String step, String done) {
        if (live.cancelled || closed) {
            throw new Work.Cancelled();
        }
        long now = System.currentTimeMillis();
        boolean another = !step.equals(live.job.step());
        live.job = live.job.at(step, done);
        if (another || now - live.told >= PAUSE) {
            live.told = now;
            tell(live);
        }
        turns.pass();
        if (live.cancelled || closed) {
            throw new Work.Cancelled();
        }
    }

    private void change(Live live, Job next) {
        live.job = next;
        try {
            folder.put(next);
        } catch (Refusal e) { // the disk is full: the job goes on in memory, and says so
            live.job = next.problem().isEmpty()
                    ? next.ended(next.state(), String.valueOf(e.getMessage()), next.ended())
                    : next;
        }
        tell(live);
    }

    private static void tell(Live live) {
        Job job = live.job;
        live.listeners.forEach(listener -> listener.accept(job));
    }

    private synchronized Live live(String id) {
        @Nullable Live live = jobs.get(id);
        if (live == null) {
            throw new Refusal(404, "there is no job of this name; GET /api/jobs lists them.");
        }
        return live;
    }

    private Live live(String id, String kind) {
        Live live = live(id);
        if (!live.job.kind().equals(kind)) {
            throw new Refusal(404, "job " + id + " is of the kind " + live.job.kind() + ", not " + kind + ".");
        }
        return live;
    }

    private Work<?, ?> work(String kind) {
        Work<?, ?> work = works.get(kind);
        if (work == null) {
            throw new Refusal(
                    404, "there is no work of this kind; there are: " + String.join(", ", works.keySet()) + ".");
        }
        return work;
    }

    private void forget() {
        Stream<Live> ended =
                jobs.values().stream().filter(live -> live.job.state().isEnd());
        ended.limit(Math.max(0, jobs.size() - KEPT))
                .map(live -> live.job.id())
                .toList()
                .forEach(id -> {
                    jobs.remove(id);
                    folder.remove(id);
                });
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /// Stops what is going on; it is taken up when the server is started again.
    @Override
    public void close() {
        closed = true;
        forPages.close();
        lasting.close();
    }
}
