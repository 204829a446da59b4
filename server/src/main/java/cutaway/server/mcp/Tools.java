package cutaway.server.mcp;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.server.api.Awaited;
import cutaway.server.api.Json;
import cutaway.server.api.Params;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.job.Job;
import cutaway.server.job.Jobs;
import cutaway.tensor.BadInputException;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The routes of the workbench as tools: a call is answered as the same question over HTTP is, with a receipt.
///
/// A question that is not answered comes back as an error of the tool, in one sentence.
final class Tools {

    private final Map<String, Route<?, ?>> routes = new HashMap<>();
    private final Jobs jobs;
    private final Calls calls;
    private final String version;
    private final Supplier<Address> address;

    /// @param version of Cutaway
    /// @param address where the routes can be asked over HTTP
    Tools(List<Route<?, ?>> routes, Jobs jobs, Calls calls, String version, Supplier<Address> address) {
        routes.forEach(route -> this.routes.put(route.name(), route));
        this.jobs = jobs;
        this.calls = calls;
        this.version = version;
        this.address = address;
    }

    /// What a call is answered with.
    ///
    /// @param result as the route gives it, without what took how long
    /// @param notShown parts of it that were left out
    /// @param next what to do to have the rest; null where there is none
    private record Answer(
            ObjectNode result,

            @JsonProperty("not_shown") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            List<String> notShown,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String next,

            Receipt receipt) {}

    List<SyncToolSpecification> all() {
        return Offers.ALL.stream()
                .flatMap(
                        offer -> Stream.ofNullable(routes.get(offer.route())).map(route -> specification(offer, route)))
                .toList();
    }

    private SyncToolSpecification specification(Offer offer, Route<?, ?> route) {
        Map<String, Object> schema = ToolSchema.of(route, isFollowed(route));
        Tool tool = Tool.builder(offer.name(), schema)
                .title(offer.title())
                .description(offer.says())
                .annotations(ToolAnnotations.builder()
                        .title(offer.title())
                        .readOnlyHint(offer.changes() == Offer.Changes.NOTHING)
                        .destructiveHint(offer.changes() == Offer.Changes.TAKES_AWAY)
                        .openWorldHint(false)
                        .build())
                .build();
        return new SyncToolSpecification(tool, (exchange, call) -> called(offer, route, schema, exchange, call));
    }

    private static boolean isFollowed(Route<?, ?> route) {
        return route.gives() == Job.class && route.verb() != Route.Verb.DELETE;
    }

    /// @return null where the call was cancelled: then nothing is sent
    private @Nullable CallToolResult called(
            Offer offer,
            Route<?, ?> route,
            Map<String, Object> schema,
            McpSyncServerExchange exchange,
            CallToolRequest call) {
        Awaited awaited = calls.of(call.meta());
        try {
            CallToolResult result = awaited.during(() -> result(offer, route, schema, exchange, call));
            return awaited.isOver() ? null : result;
        } catch (Awaited.Over e) {
            return null;
        } finally {
            calls.answered(awaited);
        }
    }

    private CallToolResult result(
            Offer offer,
            Route<?, ?> route,
            Map<String, Object> schema,
            McpSyncServerExchange exchange,
            CallToolRequest call) {
        try {
            ObjectNode arguments = arguments(call);
            ToolSchema.check(schema, arguments);
            Answer answer = isFollowed(route)
                    ? followed(offer, route, arguments, telling(exchange, call))
                    : answered(offer, route, arguments);
            String text = Json.text(answer);
            return CallToolResult.builder()
                    .addTextContent(text)
                    .structuredContent(Json.MAPPER.readValue(text, Map.class))
                    .isError(false)
                    .build();
        } catch (Refusal | BadInputException e) {
            return refused(String.valueOf(e.getMessage()));
        } catch (Awaited.Over e) {
            throw e;
        } catch (RuntimeException e) {
            return refused("this should not have happened: " + e);
        }
    }

    private static CallToolResult refused(String sentence) {
        return CallToolResult.builder()
                .addTextContent(sentence.strip().replaceAll("\\s*\\R\\s*", " "))
                .isError(true)
                .build();
    }

    private static ObjectNode arguments(CallToolRequest call) {
        Map<String, Object> given = call.arguments();
        return Json.MAPPER.valueToTree(given == null ? Map.of() : given);
    }

    private Answer answered(Offer offer, Route<?, ?> route, ObjectNode arguments) {
        Asked<?> asked = Asked.of(route, arguments);
        ObjectNode result = object(asked.answer());
        Receipt.withoutTimes(result);
        return new Answer(
                result,
                List.of(),
                null,
                Receipt.of(version, address.get(), asked.sent(offer.name(), arguments), result));
    }

    private Answer followed(Offer offer, Route<?, ?> route, ObjectNode given, Consumer<Job> telling) {
        ObjectNode arguments = given.deepCopy();
        Following following = Following.of(taken(arguments, Following.WAIT), taken(arguments, Following.PARTS));
        Asked<?> asked = Asked.of(route, arguments);
        String id = object(asked.answer()).path("id").asString("");
        Job job;
        try {
            job = following.wait(jobs, id, telling);
        } catch (Awaited.Over e) {
            if (route.hasBody()) { // who only looked at a job leaves it to those who asked for it
                jobs.leave(id, "the call that asked for it was cancelled, and nobody else had asked for it.");
            }
            throw e;
        }
        return switch (job.state()) {
            case QUEUED, RUNNING -> {
                ObjectNode now = Json.MAPPER.valueToTree(job);
                yield new Answer(
                        now,
                        List.of(),
                        "not done yet: call the tool job with id " + id + ", or job_cancel to stop it.",
                        Receipt.of(version, address.get(), asked.sent(offer.name(), given), now));
            }
            case DONE -> {
                ObjectNode result = object(jobs.result(id, job.kind()));
                Receipt.withoutTimes(result);
                Following.Shown shown = following.shown(job.kind(), result);
                yield new Answer(
                        shown.shown(),
                        shown.left(),
                        shown.left().isEmpty()
                                ? null
                                : "call the tool job with id " + id + " and parts to see what is not shown.",
                        Receipt.of(version, address.get(), asked.sent(offer.name(), given), result));
            }
            case FAILED -> throw new Refusal(409, job.problem());
            case CANCELLED ->
                throw new Refusal(
                        409,
                        "job " + id + " was cancelled"
                                + (job.problem().isEmpty()
                                        ? ""
                                        : ", for " + job.problem().replaceFirst("\\.$", ""))
                                + "; ask again to begin anew.");
        };
    }

    private static JsonNode taken(ObjectNode arguments, String name) {
        JsonNode value = arguments.path(name);
        arguments.remove(name);
        return value;
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) Json.MAPPER.readTree(json);
    }

    /// Tells an agent that asked for it how far a job is; the number only counts what it was told.
    private static Consumer<Job> telling(McpSyncServerExchange exchange, CallToolRequest call) {
        return Optional.ofNullable(call.progressToken())
                .<Consumer<Job>>map(token -> {
                    AtomicInteger told = new AtomicInteger();
                    return job ->
                            exchange.progressNotification(ProgressNotification.builder(token, told.incrementAndGet())
                                    .message(words(job))
                                    .build());
                })
                .orElse(job -> {});
    }

    private static String words(Job job) {
        String state = job.step().isEmpty() ? job.state().name().toLowerCase(Locale.ROOT) : job.step();
        return job.done().isEmpty() ? state : state + ": " + job.done();
    }

    /// A call as the question that a route takes.
    private record Asked<I>(Route<I, ?> route, Map<String, String> parts, String body) {

        static <I> Asked<I> of(Route<I, ?> route, ObjectNode arguments) {
            ObjectNode body = arguments.deepCopy();
            Map<String, String> parts = new HashMap<>();
            for (String name : route.parts()) {
                JsonNode value = taken(body, name);
                if (!value.asString("").matches("[\\w-]{1,64}")) {
                    throw new Refusal(400, name + " is " + value + "; give it as the tool that lists them says it.");
                }
                parts.put(name, value.asString());
            }
            return new Asked<>(route, parts, route.hasBody() ? Json.text(body) : "");
        }

        String answer() {
            I asked = route.hasBody()
                    ? Json.read(body, route.takes())
                    : route.takes().cast(Route.Nothing.NOTHING);
            return route.answering().answer(asked, new Params(parts, Map.of()));
        }

        Receipt.Sent sent(String tool, ObjectNode arguments) {
            String path = route.path();
            for (Map.Entry<String, String> part : parts.entrySet()) {
                path = path.replace("{" + part.getKey() + "}", part.getValue());
            }
            return new Receipt.Sent(tool, arguments, route.verb() + " " + path, body);
        }
    }
}
