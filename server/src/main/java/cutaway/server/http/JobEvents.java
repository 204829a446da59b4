package cutaway.server.http;

import cutaway.server.api.Json;
import cutaway.server.job.Job;
import cutaway.server.job.Jobs;
import io.javalin.http.sse.SseClient;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Tells of a job while it goes on, as server-sent events: `job` with the whole job each time, until its end.
final class JobEvents {

    private JobEvents() {}

    static void follow(SseClient client, Jobs jobs, Connections connections) {
        BlockingQueue<Job> changes = new LinkedBlockingQueue<>();
        String id = client.ctx().pathParam("id");
        Runnable end = jobs.watch(id, changes::add);
        Connections.Watch watch = connections.watch(client.ctx(), () -> {
            client.close();
            changes.add(jobs.job(id)); // wakes the thread below
        });
        client.keepAlive();
        client.onClose(() -> {
            watch.close();
            end.run();
        });
        Thread.ofVirtual().name("events").start(() -> tell(client, changes));
    }

    /// On a thread of its own: a reader that takes nothing must not keep a work from going on.
    private static void tell(SseClient client, BlockingQueue<Job> changes) {
        try {
            while (!client.terminated()) {
                Job job = changes.take();
                client.sendEvent("job", Json.text(job));
                if (job.state().isEnd()) {
                    client.close();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
