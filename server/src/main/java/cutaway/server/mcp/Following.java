package cutaway.server.mcp;

import cutaway.server.api.Awaited;
import cutaway.server.api.Json;
import cutaway.server.api.Refusal;
import cutaway.server.job.Job;
import cutaway.server.job.Jobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Waits for a job, and shows what came of it.
///
/// @param seconds to wait
/// @param parts fields of the result to show; empty for the usual ones of its kind
record Following(int seconds, List<String> parts) {

    static final String WAIT = "wait";
    static final String PARTS = "parts";

    /// Fewer than the minute after which most clients give up.
    static final int USUAL = 45;

    static final int LONGEST = 600;

    private static final String ALL = "all";

    /// Stands in each result, whatever was asked for.
    private static final List<String> ALWAYS = List.of("version", "model", "seed");

    /// What says most in the fewest words; a result that is not here is shown whole.
    private static final Map<String, List<String>> USUALLY =
            Map.of("explain", List.of("prompt", "answer", "contrast", "circuit", "repeat"));

    /// A result with its parts left out.
    ///
    /// @param shown the result, or some fields of it
    /// @param left the names of the others
    record Shown(ObjectNode shown, List<String> left) {}

    /// @throws Refusal when the two are no number of seconds and list of names
    static Following of(JsonNode wait, JsonNode parts) {
        boolean given = !wait.isMissingNode() && !wait.isNull();
        if (given && (!wait.isIntegralNumber() || wait.asLong() < 0 || wait.asLong() > LONGEST)) {
            throw new Refusal(400, "wait is " + wait + "; give a number of seconds from 0 to " + LONGEST + ".");
        }
        boolean none = parts.isMissingNode() || parts.isNull();
        if (!none && !(parts.isArray() && parts.valueStream().allMatch(JsonNode::isString))) {
            throw new Refusal(
                    400, "parts is " + parts + "; give a list of names of fields of the result, or [\"all\"].");
        }
        List<String> names = parts.valueStream().map(JsonNode::asString).toList();
        return new Following(given ? wait.asInt() : USUAL, names);
    }

    /// Waits until a job has come to its end, or the seconds are over.
    ///
    /// @param progress told of each step, on the thread that waits
    /// @throws Awaited.Over when the call that waits is cancelled
    Job wait(Jobs jobs, String id, Consumer<Job> progress) {
        BlockingQueue<Job> changes = new LinkedBlockingQueue<>();
        Runnable stop = jobs.listen(id, changes::add);
        Awaited asked = Awaited.now();
        asked.whenOver(() -> changes.add(jobs.job(id))); // wakes the one who waits below
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            while (true) {
                Job change = changes.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
                asked.check();
                if (change == null) {
                    return jobs.job(id);
                }
                if (change.state().isEnd()) {
                    return change;
                }
                progress.accept(change);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return jobs.job(id);
        } finally {
            stop.run();
        }
    }

    /// The fields that were asked for.
    ///
    /// @throws Refusal when the result has no such field
    Shown shown(String kind, ObjectNode result) {
        List<String> names = parts.isEmpty() ? USUALLY.getOrDefault(kind, List.of(ALL)) : parts;
        if (names.contains(ALL)) {
            return new Shown(result, List.of());
        }
        for (String name : names) {
            if (!result.has(name)) {
                throw new Refusal(
                        400,
                        "the result of " + kind + " has no part " + Json.text(name) + "; it has: "
                                + String.join(", ", result.propertyNames()) + ".");
            }
        }
        ObjectNode shown = Json.MAPPER.createObjectNode();
        List<String> left = new ArrayList<>();
        result.properties().forEach(field -> {
            if (names.contains(field.getKey()) || ALWAYS.contains(field.getKey())) {
                shown.set(field.getKey(), field.getValue());
            } else {
                left.add(field.getKey());
            }
        });
        return new Shown(shown, left);
    }
}
