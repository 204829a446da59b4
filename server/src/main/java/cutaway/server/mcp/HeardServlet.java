package cutaway.server.mcp;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// The protocol's servlet, whose messages [Calls] hears first.
final class HeardServlet extends HttpServlet {

    private static final String SESSION = "Mcp-Session-Id";

    private final transient HttpServlet servlet;
    private final transient Calls calls;
    private final int most;

    /// @param most bytes of a message; a longer one is passed on, to be refused, and not heard
    HeardServlet(HttpServlet servlet, Calls calls, int most) {
        this.servlet = servlet;
        this.calls = calls;
        this.most = most;
    }

    @Override
    protected void service(HttpServletRequest asked, HttpServletResponse answer) throws ServletException, IOException {
        String session = asked.getHeader(SESSION);
        if (!asked.getMethod().equals("POST") || session == null || asked.getContentLengthLong() > most) {
            servlet.service(asked, answer);
            return;
        }
        byte[] body = asked.getInputStream().readNBytes(most + 1);
        if (body.length <= most) {
            body = calls.heard(session, new String(body, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
        }
        servlet.service(new Read(asked, body), answer);
    }

    @Override
    public void destroy() {
        servlet.destroy();
    }

    /// A request whose body was read.
    private static final class Read extends HttpServletRequestWrapper {

        private final byte[] body;

        Read(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public long getContentLengthLong() {
            return body.length;
        }

        @Override
        public int getContentLength() {
            return body.length;
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8));
        }

        @Override
        public ServletInputStream getInputStream() {
            InputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                private boolean finished;

                @Override
                public int read() throws IOException {
                    int read = bytes.read();
                    finished = read < 0;
                    return read;
                }

                @Override
                public boolean isFinished() {
                    return finished;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new IllegalStateException("a body that was read has nothing to wait for");
                }
            };
        }
    }
}
