package cutaway.server.job;

import tools.jackson.databind.JsonNode;

/// A long work as a reader sees it.
///
/// @param kind what it is: `explain`, `study`, `claim`
/// @param asked the question
/// @param step what is going on, or was last
/// @param done how much of that, in words
/// @param problem why it failed, or was cancelled without a reader's word, in one sentence; else empty
/// @param created when it was asked for, ISO 8601
/// @param ended when it came to its end; empty until then
/// @param starts how often it was begun: a second time after a restart of the server
/// @param drafts how often more became known of what will come of it, since it was begun
public record Job(
        String id,
        String kind,
        JsonNode asked,
        State state,
        String step,
        String done,
        String problem,
        String created,
        String ended,
        int starts,
        int drafts) {

    public enum State {
        QUEUED,
        RUNNING,
        DONE,
        FAILED,
        CANCELLED;

        public boolean isEnd() {
            return this == DONE || this == FAILED || this == CANCELLED;
        }
    }

    Job begun() {
        return new Job(id, kind, asked, State.RUNNING, "", "", "", created, "", starts + 1, 0);
    }

    Job queuedAgain() {
        return new Job(id, kind, asked, State.QUEUED, "", "", "", created, "", starts, 0);
    }

    Job at(String step, String done) {
        return new Job(id, kind, asked, state, step, done, problem, created, ended, starts, drafts);
    }

    Job drafted() {
        return new Job(id, kind, asked, state, step, done, problem, created, ended, starts, drafts + 1);
    }

    Job ended(State state, String problem, String when) {
        return new Job(id, kind, asked, state, step, done, problem, created, when, starts, drafts);
    }
}
