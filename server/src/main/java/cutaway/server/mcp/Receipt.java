package cutaway.server.mcp;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.server.api.Shell;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a result can be had again by, and told from another.
///
/// @param version of Cutaway
/// @param model its name; null where the result is of none
/// @param weights SHA-256 of its weights
/// @param seed of every random draw; null where nothing was drawn
/// @param tool that was called
/// @param arguments of the call, as they were given
/// @param request the same question over HTTP, where `cutaway serve` listens
/// @param command that has the result again, for a shell
/// @param sha256 of the result's JSON as it is written here, without what took how long; of the whole of it, where
///     parts are left out
record Receipt(
        String version,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String model,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String weights,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long seed,
        String tool,
        JsonNode arguments,
        String request,
        String command,
        String sha256) {

    /// What differs each time.
    private static final Set<String> TIMES = Set.of("milliseconds", "seconds");

    /// A question as it is sent.
    ///
    /// @param request verb and address
    /// @param body empty where there is none
    record Sent(String tool, JsonNode arguments, String request, String body) {

        private String command(Address to) {
            int space = request.indexOf(' ');
            return "curl -s -X " + request.substring(0, space) + " "
                    + Shell.quoted(to.url() + request.substring(space + 1))
                    + (to.needsToken() ? " -H \"Authorization: Bearer $TOKEN\"" : "")
                    + (body.isEmpty() ? "" : " -H 'Content-Type: application/json' -d " + Shell.quoted(body))
                    + (to.listens() ? "" : " # while cutaway serve listens there");
        }
    }

    /// Takes from a result what took how long, so that the same answer has the same sum.
    static void withoutTimes(ObjectNode result) {
        result.remove(TIMES);
    }

    /// @param to where the question can be asked again
    static Receipt of(String version, Address to, Sent sent, JsonNode result) {
        JsonNode model = result.at("/model").isObject() ? result.at("/model") : result.at("/claim/model");
        String command = result.at("/repeat/command").asString("");
        return new Receipt(
                version,
                model.isObject() ? model.path("name").asString("") : null,
                model.isObject() ? model.path("sha256").asString("") : null,
                result.path("seed").isIntegralNumber() ? result.path("seed").asLong() : null,
                sent.tool,
                sent.arguments,
                sent.request,
                command.isEmpty() ? sent.command(to) : command,
                sha256(result.toString()));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
