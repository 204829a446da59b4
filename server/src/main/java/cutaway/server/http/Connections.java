package cutaway.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;

/// Notices when whoever asked has gone: the page was closed, or the question dropped. Jetty looks at a connection again
/// only when it writes there; this looks a few times a second while an answer is worked on.
///
/// A byte that comes in place of the end is the next question's, sent before this one was answered, which no browser
/// does. It cannot be put back, so that the connection is closed behind the answer and the client asks again (RFC 9112,
/// section 9.3.2).
final class Connections implements AutoCloseable {

    private static final long PAUSE = 250; // milliseconds

    private final ScheduledThreadPoolExecutor looking = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("connections").daemon().factory());

    Connections() {
        looking.setRemoveOnCancelPolicy(true);
    }

    /// @param gone called once, when the other end has closed the connection
    Watch watch(Context context, Runnable gone) {
        EndPoint end = ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint();
        return new Watch(context, end, gone);
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }

    /// Goes on until it is closed, which must be before the answer is sent: what comes then is Jetty's to read.
    final class Watch implements AutoCloseable {

        private final Context context;
        private final EndPoint end;
        private final Runnable gone;
        private final Future<?> looks;
        private boolean closed;

        private Watch(Context context, EndPoint end, Runnable gone) {
            this.context = context;
            this.end = end;
            this.gone = gone;
            this.looks = looking.scheduleWithFixedDelay(this::look, PAUSE, PAUSE, TimeUnit.MILLISECONDS);
        }

        private void look() {
            if (hasGone()) {
                gone.run();
            }
        }

        private synchronized boolean hasGone() {
            if (closed) {
                return false;
            }
            ByteBuffer one = BufferUtil.allocate(1);
            try {
                int read = end.fill(one);
                if (read == 0) {
                    return false;
                }
                close();
                if (read > 0) {
                    context.header("Connection", "close");
                }
                return read < 0;
            } catch (IOException e) {
                close();
                return true;
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            looks.cancel(false);
        }
    }
}
