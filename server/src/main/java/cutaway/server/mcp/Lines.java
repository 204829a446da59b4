package cutaway.server.mcp;

import cutaway.server.api.Json;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;

/// Messages on two streams, one a line. A line that is no message is answered here, as JSON-RPC has it, and goes no
/// further: the SDK stops listening at the first of them, without a word.
final class Lines {

    private static final int NO_JSON = -32700;
    private static final int NO_MESSAGE = -32600;

    private final InputStream in;
    private final OutputStream out;
    private final McpJsonMapper mapper;
    private final Calls calls;
    private final int most;
    private final Runnable end;

    /// @param calls hears each message first
    /// @param most bytes of a line
    /// @param end is run when there are no more lines
    Lines(InputStream in, OutputStream out, McpJsonMapper mapper, Calls calls, int most, Runnable end) {
        this.in = new BufferedInputStream(in);
        this.out = out;
        this.mapper = mapper;
        this.calls = calls;
        this.most = most;
        this.end = end;
    }

    /// The lines that are messages.
    InputStream heard() {
        return new InputStream() {
            private byte[] line = {};
            private int at;

            @Override
            public int read() throws IOException {
                return fill() ? line[at++] & 0xff : -1;
            }

            @Override
            public int read(byte[] bytes, int from, int count) throws IOException {
                if (!fill()) {
                    return -1;
                }
                int part = Math.min(count, line.length - at);
                System.arraycopy(line, at, bytes, from, part);
                at += part;
                return part;
            }

            private boolean fill() throws IOException {
                if (at == line.length) {
                    line = next();
                    at = 0;
                }
                return line.length > 0;
            }
        };
    }

    /// What is written goes out a whole line at a time, so that no answer stands within another.
    OutputStream said() {
        return new OutputStream() {
            private final ByteArrayOutputStream line = new ByteArrayOutputStream();

            @Override
            public synchronized void write(int b) throws IOException {
                line.write(b);
                if (b == '\n') {
                    say(line.toByteArray());
                    line.reset();
                }
            }
        };
    }

    private void say(byte[] line) throws IOException {
        synchronized (out) {
            out.write(line);
            out.flush();
        }
    }

    /// The next message with the end of its line; empty where there is none.
    private byte[] next() throws IOException {
        while (true) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int read = in.read();
            while (read >= 0 && read != '\n') {
                if (line.size() <= most) {
                    line.write(read);
                }
                read = in.read();
            }
            String text = line.toString(StandardCharsets.UTF_8);
            if (!text.isBlank() && isMessage(text, line.size())) {
                return (calls.heard("", text).stripTrailing() + "\n").getBytes(StandardCharsets.UTF_8);
            }
            if (read < 0) {
                end.run();
                return new byte[0];
            }
        }
    }

    private boolean isMessage(String text, int bytes) throws IOException {
        if (bytes > most) {
            refuse(NO_MESSAGE, "a line of more than " + most + " bytes; ask for less at once.");
            return false;
        }
        try {
            Json.MAPPER.readTree(text);
        } catch (JacksonException e) {
            refuse(NO_JSON, "a line that is no JSON; send one JSON-RPC message a line.");
            return false;
        }
        try {
            McpSchema.deserializeJsonRpcMessage(mapper, text);
            return true;
        } catch (IOException | RuntimeException e) {
            refuse(NO_MESSAGE, "a line that is no JSON-RPC message; send one with jsonrpc, method and id.");
            return false;
        }
    }

    private void refuse(int code, String words) throws IOException {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("jsonrpc", "2.0");
        answer.put("id", null);
        answer.put("error", Map.of("code", code, "message", words));
        say((Json.MAPPER.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
