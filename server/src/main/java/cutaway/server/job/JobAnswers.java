package cutaway.server.job;

import cutaway.server.api.Json;
import cutaway.server.api.Route;
import java.util.ArrayList;
import java.util.List;

/// The routes of jobs: asking for each kind of work, following it, and what came of it.
public final class JobAnswers {

    private final Jobs jobs;

    public JobAnswers(Jobs jobs) {
        this.jobs = jobs;
    }

    /// @param jobs the newest first
    public record JobList(List<Job> jobs) {}

    public List<Route<?, ?>> routes() {
        List<Route<?, ?>> routes = new ArrayList<>(List.of(
                Route.get(
                        "/api/jobs",
                        "Jobs, the newest first: ?kind= of one kind, ?ended= at most so many that have come to their"
                                + " end.",
                        JobList.class,
                        at -> new JobList(jobs.all(at.asked("kind"), at.count("ended", Jobs.KEPT, 0, Jobs.KEPT)))),
                Route.get("/api/jobs/{id}", "One job, as it is now.", Job.class, at -> jobs.job(at.part("id"))),
                Route.delete(
                        "/api/jobs/{id}",
                        "Cancels a job; one that has come to its end stays as it is.",
                        Job.class,
                        at -> jobs.cancel(at.part("id")))));
        jobs.works().forEach(work -> routes.add(asking(work)));
        jobs.works().forEach(work -> routes.add(telling(work)));
        jobs.works().forEach(work -> work.kind().drafts().ifPresent(draft -> routes.add(drafted(work, draft))));
        return routes;
    }

    private <I extends Record> Route<I, Job> asking(Work<I, ?> work) {
        return Route.post(
                "/api/jobs/" + work.kind().name(),
                "Asks for " + work.kind().does()
                        + "; a question that was answered before is answered at once. One that a"
                        + " reader cancelled is begun again, but with ?again=0.",
                work.kind().takes(),
                Job.class,
                (asked, at) ->
                        jobs.ask(work.kind().name(), Json.MAPPER.valueToTree(asked), at.count("again", 1, 0, 1) == 1));
    }

    private <O> Route<Route.Nothing, O> telling(Work<?, O> work) {
        return Route.kept(
                "/api/results/" + work.kind().name() + "/{id}",
                "What came of " + work.kind().does() + ".",
                work.kind().gives(),
                at -> jobs.result(at.part("id"), work.kind().name()));
    }

    private <O> Route<Route.Nothing, O> drafted(Work<?, ?> work, Class<O> draft) {
        return Route.kept(
                "/api/drafts/" + work.kind().name() + "/{id}",
                "What is known of " + work.kind().does() + " while it is being made.",
                draft,
                at -> jobs.draft(at.part("id"), work.kind().name()));
    }
}
