package cutaway.model.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// The Hugging Face hub and the server of its large files, on this machine: lists, redirects, ranges, and the ways in
/// which each can fail.
final class FakeHub implements AutoCloseable {

    static final String REPO = "some-owner/tiny.model";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /// A request that came.
    ///
    /// @param range and token are empty where none was sent
    record Asked(boolean hub, String path, String range, String token) {}

    /// How the next answer of a path fails.
    record Failure(int status, Map<String, String> headers) {

        static Failure of(int status) {
            return new Failure(status, Map.of());
        }
    }

    final Map<String, byte[]> files = new LinkedHashMap<>();
    final Map<String, byte[]> served = new LinkedHashMap<>(); // where it is not what is listed
    final Set<String> large = new HashSet<>();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final Map<String, Deque<Failure>> failures = new LinkedHashMap<>();
    final Deque<Integer> cuts = new ArrayDeque<>(); // bytes after which the next large answers break off
    final CountDownLatch closed = new CountDownLatch(1);
    boolean ranges = true;
    boolean silent; // large answers stop after half, without an end
    String commit = COMMIT;
    String listing = ""; // instead of the true one
    String redirect = ""; // of large files, instead of the true one
    private final HttpServer hub = server();
    private final HttpServer cdn = server();

    FakeHub() throws IOException {
        hub.createContext("/", exchange -> answer(exchange, true));
        cdn.createContext("/", exchange -> answer(exchange, false));
        hub.start();
        cdn.start();
    }

    private static HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return server;
    }

    String endpoint() {
        return address(hub);
    }

    private static String address(HttpServer server) {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /// A file that the hub hands out itself.
    FakeHub small(String path, String content) {
        files.put(path, content.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /// A file that it hands out from elsewhere.
    FakeHub large(String path, byte[] content) {
        files.put(path, content);
        large.add(path);
        return this;
    }

    FakeHub fails(String path, Failure... with) {
        failures.put(path, new ArrayDeque<>(List.of(with)));
        return this;
    }

    /// The files that were asked for, each time.
    List<String> fetched() {
        return asked.stream()
                .filter(one -> !one.path().startsWith("/api/") && !(one.hub() && large.contains(name(one.path()))))
                .map(one -> name(one.path()))
                .toList();
    }

    private String name(String path) {
        return path.replaceFirst("^/" + REPO + "/resolve/[^/]*/|^/cdn/", "");
    }

    private void answer(HttpExchange exchange, boolean isHub) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            asked.add(new Asked(isHub, path, header(exchange, "Range"), header(exchange, "Authorization")));
            Deque<Failure> failing = failures.getOrDefault(isHub ? name(path) : "cdn", new ArrayDeque<>());
            if (path.startsWith("/api/")) {
                failing = failures.getOrDefault("api", new ArrayDeque<>());
            }
            if (!failing.isEmpty()) {
                Failure failure = failing.remove();
                failure.headers().forEach(exchange.getResponseHeaders()::set);
                exchange.sendResponseHeaders(failure.status(), -1);
            } else if (path.startsWith("/api/")) {
                send(exchange, (listing.isEmpty() ? list() : listing).getBytes(StandardCharsets.UTF_8));
            } else if (isHub && large.contains(name(path))) {
                String to = redirect.isEmpty()
                        ? address(cdn) + "/cdn/" + name(path).replace(" ", "%20") + "?sig=a%2Bb"
                        : redirect;
                exchange.getResponseHeaders().set("Location", to);
                exchange.sendResponseHeaders(302, -1);
            } else if (files.containsKey(name(path))) {
                content(exchange, served.getOrDefault(name(path), files.get(name(path))));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void content(HttpExchange exchange, byte[] all) throws IOException {
        String range = header(exchange, "Range");
        int from = 0;
        if (ranges && !range.isEmpty()) {
            from = Integer.parseInt(range.replaceAll("\\D", ""));
            if (from >= all.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(from, all.length - 1, all.length));
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, all.length == from ? -1 : all.length - from);
        boolean isLarge = large.contains(name(exchange.getRequestURI().getPath()));
        int until = isLarge && !cuts.isEmpty() ? Math.min(all.length, from + cuts.remove()) : all.length;
        OutputStream out = exchange.getResponseBody();
        out.write(all, from, (silent && isLarge ? Math.max(from, all.length / 2) : until) - from);
        out.flush();
        if (silent && isLarge) {
            await();
        }
    }

    private void await() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, byte[] body) throws IOException {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    /// As the hub writes it, with fields that nobody asked for.
    private String list() {
        return """
            {"_id": "6", "id": "%s", "private": false, "sha": "%s", "cardData": {"license": "cc0-1.0"},
             "siblings": [%s]}
            """.formatted(
                        REPO, commit, files.keySet().stream().map(this::sibling).collect(Collectors.joining(",")));
    }

    private String sibling(String path) {
        byte[] content = files.get(path);
        String name = JsonMapper.shared().writeValueAsString(path);
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] blob = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, blob, head.length, content.length);
        return large.contains(path)
                ? """
                {"rfilename": %s, "size": %d, "blobId": "%s",
                 "lfs": {"size": %d, "sha256": "%s", "pointerSize": 134}}
                """.formatted(name, content.length, "f".repeat(40), content.length, hex("SHA-256", content))
                : "{\"rfilename\": %s, \"size\": %d, \"blobId\": \"%s\"}"
                        .formatted(name, content.length, hex("SHA-1", blob));
    }

    static String hex(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        hub.stop(0);
        cdn.stop(0);
    }
}
