package cutaway.server.http;

import cutaway.server.api.Awaited;
import cutaway.server.api.Json;
import cutaway.server.api.Limits;
import cutaway.server.api.OpenApi;
import cutaway.server.api.Params;
import cutaway.server.api.Problem;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.job.Jobs;
import cutaway.tensor.BadInputException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.router.EndpointNotFound;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/// Listens for questions and answers them by the routes; also serves the page, the events of jobs and the description
/// of it all.
public final class HttpServer implements AutoCloseable {

    /// Views of the page, each with an address of its own.
    private static final List<String> VIEWS = List.of(
            "/", // the first of them
            "/lens",
            "/attention",
            "/features",
            "/data",
            "/studies",
            "/lab",
            "/ledger");

    /// The status of an answer that nobody reads.
    private static final int GONE = 499;

    private static final String JSON = "application/json";

    /// For a browser at an address that is none of the page's.
    private static final String NO_VIEW =
            "<!doctype html><title>Cutaway</title><p>There is nothing at this address. <a href=\"/\">To the"
                    + " workbench</a>.";

    /// What every answer says.
    static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cache-Control", "no-store");

    private final Connections connections = new Connections();
    private final Javalin javalin;
    private final Limits limits;

    /// What is to be had.
    ///
    /// @param jobs whose events are followed
    /// @param mounted another protocol's servlets
    /// @param version of the program
    public record Served(List<Route<?, ?>> routes, Jobs jobs, List<Mounted> mounted, String version) {}

    /// Starts to listen.
    ///
    /// @param port 0 for any that is free
    /// @throws BadInputException when the port is taken, or the address is not this machine's
    public static HttpServer start(String host, int port, Guard guard, Limits limits, Served served) {
        HttpServer server = new HttpServer(host, port, guard, limits, served);
        try {
            server.javalin.start();
        } catch (RuntimeException e) {
            server.close();
            throw new BadInputException(
                    "cannot listen on " + host + ":" + port + " (" + root(e).getMessage()
                            + "); another program may be there: give --port another, or 0 for any.",
                    e);
        }
        return server;
    }

    private HttpServer(String host, int port, Guard guard, Limits limits, Served served) {
        this.limits = limits;
        Page page = Page.read();
        String description = Json.text(OpenApi.of(served.routes, served.version));
        this.javalin = Javalin.create(config -> {
            config.jetty.host = host;
            config.jetty.port = port;
            config.jetty.modifyHttpConfiguration(HttpServer::harden);
            config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new EarlyRefusals()));
            config.jetty.modifyServletContextHandler(context -> {
                context.setErrorHandler(new EarlyRefusals());
                served.mounted.forEach(servlet -> servlet.into(context, guard));
            });
            config.startup.showJavalinBanner = false;
            config.http.maxRequestSize = limits.body();
            config.http.asyncTimeout = 0;
            config.routes.before(context -> {
                HEADERS.forEach(context::header);
                guard.check(asking(context), isOpen(context));
            });
            VIEWS.forEach(view -> config.routes.get(view, context -> {
                context.header("Content-Security-Policy", page.policy());
                context.header("Cache-Control", "no-cache");
                context.html(page.html());
            }));
            served.routes.forEach(route -> add(config, route));
            config.routes.get(
                    "/api/openapi.json", context -> context.contentType(JSON).result(description));
            config.routes.sse("/api/jobs/{id}/events", client -> JobEvents.follow(client, served.jobs, connections));
            failures(config);
        });
    }

    /// The port that it listens on.
    public int port() {
        return javalin.port();
    }

    private static void harden(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(65_536); // an address holds the prompt that a view is of
        http.setRelativeRedirectAllowed(true);
    }

    private static Guard.Asking asking(Context context) {
        return new Guard.Asking(
                context.header("Host"),
                context.header("Origin"),
                context.header("Sec-Fetch-Site"),
                context.header("Authorization"));
    }

    private static boolean isOpen(Context context) {
        return context.method().equals(HandlerType.GET) && VIEWS.contains(context.path());
    }

    private <I, O> void add(JavalinConfig config, Route<I, O> route) {
        HandlerType verb = verb(route.verb());
        config.routes.addHttpHandler(verb, route.path(), context -> {
            Map<String, String> query = new LinkedHashMap<>();
            context.queryParamMap().forEach((name, values) -> query.put(name, values.getFirst()));
            I asked = route.hasBody()
                    ? body(context, route.takes())
                    : route.takes().cast(Route.Nothing.NOTHING);
            Params at = new Params(context.pathParamMap(), query);
            Awaited awaited = new Awaited();
            try (Connections.Watch _ = connections.watch(context, awaited::end)) {
                context.result(awaited.during(() -> route.answering().answer(asked, at)))
                        .contentType(JSON);
            }
        });
    }

    private static HandlerType verb(Route.Verb verb) {
        return switch (verb) {
            case GET -> HandlerType.GET;
            case POST -> HandlerType.POST;
            case DELETE -> HandlerType.DELETE;
        };
    }

    private <I> I body(Context context, Class<I> type) throws IOException {
        String said = context.contentType();
        if (said == null || !said.toLowerCase(Locale.ROOT).startsWith(JSON)) {
            throw new Refusal(
                    415, "the body is " + (said == null ? "of no type" : "of another type") + "; send " + JSON + ".");
        }
        try (InputStream in = context.bodyInputStream()) {
            byte[] bytes = in.readNBytes(limits.body() + 1);
            if (bytes.length > limits.body()) {
                throw new Refusal(413, "the body has more than " + limits.body() + " bytes; ask for less at once.");
            }
            return Json.read(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString(),
                    type);
        } catch (CharacterCodingException e) {
            throw new Refusal(400, "the body is not UTF-8.");
        }
    }

    private static void failures(JavalinConfig config) {
        config.routes.exception(
                Refusal.class, (refusal, context) -> say(context, refusal.status(), refusal.getMessage()));
        config.routes.exception(Awaited.Over.class, (over, context) -> say(context, GONE, over.getMessage()));
        config.routes.exception(BadInputException.class, (bad, context) -> say(context, 400, bad.getMessage()));
        config.routes.exception(EndpointNotFound.class, (missing, context) -> {
            if (String.valueOf(context.header("Accept")).contains("text/html")) {
                context.status(404).html(NO_VIEW);
            } else {
                say(context, 404, "there is nothing here; GET /api/openapi.json says what can be asked.");
            }
        });
        config.routes.exception(
                HttpResponseException.class,
                (response, context) -> say(context, response.getStatus(), response.getMessage()));
        config.routes.exception(
                Exception.class, (fault, context) -> say(context, 500, "this should not have happened: " + fault));
    }

    private static void say(Context context, int status, @Nullable String message) {
        context.status(status).contentType(JSON).result(Json.text(new Problem(String.valueOf(message))));
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    @Override
    public void close() {
        javalin.stop();
        connections.close();
    }
}
