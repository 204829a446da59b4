package cutaway.server.mcp;

import cutaway.server.api.Awaited;
import cutaway.server.api.Json;
import cutaway.server.api.Recent;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The calls of tools that are on their way, each of which its asker can cancel: `notifications/cancelled` (Model
/// Context Protocol 2025-11-25, basic/utilities/cancellation).
///
/// The SDK tells a tool neither the id of the message that calls it nor that it was cancelled. So messages are heard
/// here first: a call is marked in its `_meta`, by which the tool finds it.
final class Calls {

    private static final String MARK = "cutaway/call";

    /// A call that never reaches a tool, such as one of no tool's name, is forgotten when so many came after it.
    private static final int KEPT = 1000;

    private final Map<String, Awaited> calls = Recent.map(KEPT);

    /// Hears a message.
    ///
    /// @param session whose ids these are
    /// @return the message to pass on
    String heard(String session, String message) {
        JsonNode heard;
        try {
            heard = Json.MAPPER.readTree(message);
        } catch (JacksonException e) {
            return message; // refused where it is passed on to
        }
        String method = heard.path("method").asString("");
        if (method.equals("notifications/cancelled")) {
            cancel(session + heard.at("/params/requestId"));
        } else if (method.equals("tools/call") && heard.path("params") instanceof ObjectNode params) {
            String mark = session + heard.path("id");
            synchronized (this) {
                calls.put(mark, new Awaited());
            }
            ObjectNode meta = params.path("_meta") instanceof ObjectNode given ? given : params.putObject("_meta");
            meta.put(MARK, mark);
            return Json.text(heard);
        }
        return message;
    }

    private void cancel(String mark) {
        Awaited call;
        synchronized (this) {
            call = calls.get(mark);
        }
        if (call != null) { // else it is answered already, or was never asked: to be ignored
            call.end();
        }
    }

    /// Whether a call's answer is still waited for.
    ///
    /// @param meta of the call
    synchronized Awaited of(@Nullable Map<String, Object> meta) {
        Awaited call = meta == null ? null : calls.get(String.valueOf(meta.get(MARK)));
        return call == null ? new Awaited() : call;
    }

    /// A call was answered.
    synchronized void answered(Awaited call) {
        calls.values().remove(call);
    }
}
