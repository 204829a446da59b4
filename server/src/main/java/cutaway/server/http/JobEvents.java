package cutaway.server.http;

import cutaway.server.api.Json;
import cutaway.server.job.Job;
import cutaway.server.job.Jobs;
import io.javalin.http.sse.SseClient;

/// Tells of a job while it goes on, as server-sent events: `job` with the whole job each time, until its end.
final class JobEvents {

    private JobEvents() {}

    static void follow(SseClient client, Jobs jobs) {
        client.keepAlive();
        Runnable end = jobs.listen(client.ctx().pathParam("id"), job -> tell(client, job));
        client.onClose(end);
    }

    private static synchronized void tell(SseClient client, Job job) {
        if (client.terminated()) {
            return;
        }
        client.sendEvent("job", Json.text(job));
        if (job.state().isEnd()) {
            client.close();
        }
    }
}
