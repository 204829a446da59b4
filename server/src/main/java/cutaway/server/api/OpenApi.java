package cutaway.server.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The OpenAPI 3.1 description of the routes.
public final class OpenApi {

    private OpenApi() {}

    /// @param version of Cutaway
    public static Map<String, Object> of(List<Route<?, ?>> routes, String version) {
        Schemas schemas = new Schemas("#/components/schemas/");
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Route<?, ?> route : routes) {
            @SuppressWarnings("unchecked") // what this method put there
            Map<String, Object> verbs = (Map<String, Object>)
                    paths.computeIfAbsent(route.path(), path -> new LinkedHashMap<String, Object>());
            verbs.put(route.verb().name().toLowerCase(Locale.ROOT), operation(route, schemas));
        }
        paths.put("/api/jobs/{id}/events", Map.of("get", events()));
        Map<String, Object> api = new LinkedHashMap<>();
        api.put("openapi", "3.1.0");
        api.put("info", Map.of("title", "Cutaway", "version", version));
        api.put("paths", paths);
        schemas.of(Problem.class);
        api.put(
                "components",
                Map.of(
                        "schemas",
                        schemas.named(),
                        "securitySchemes",
                        Map.of("token", Map.of("type", "http", "scheme", "bearer"))));
        api.put("security", List.of(Map.of(), Map.of("token", List.of())));
        return api;
    }

    private static Map<String, Object> operation(Route<?, ?> route, Schemas schemas) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", route.does());
        List<Map<String, Object>> parameters = parameters(route.parts());
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (route.hasBody()) {
            operation.put("requestBody", Map.of("required", true, "content", json(schemas.of(route.takes()))));
        }
        operation.put(
                "responses",
                Map.of(
                        "200", Map.of("description", "The answer.", "content", json(schemas.of(route.gives()))),
                        "default",
                                Map.of(
                                        "description",
                                        "Why it is not answered, in one sentence.",
                                        "content",
                                        json(schemas.of(Problem.class)))));
        return operation;
    }

    private static List<Map<String, Object>> parameters(List<String> parts) {
        return parts.stream()
                .map(part -> Map.<String, Object>of(
                        "name", part, "in", "path", "required", true, "schema", Map.of("type", "string")))
                .toList();
    }

    private static Map<String, Object> events() {
        return Map.of(
                "summary",
                "Tells of a job while it goes on, as server-sent events: `job` with the whole job each time, until its"
                        + " end.",
                "parameters",
                parameters(List.of("id")),
                "responses",
                Map.of("200", Map.of("description", "The events.", "content", Map.of("text/event-stream", Map.of()))));
    }

    private static Map<String, Object> json(Map<String, Object> schema) {
        return Map.of("application/json", Map.of("schema", schema));
    }
}
