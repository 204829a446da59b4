package cutaway.server.mcp;

import io.modelcontextprotocol.spec.McpError;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/// Writes what went wrong as a JSON-RPC message without an id; the SDK would write the exception with its stack.
final class ErrorsAsMessages extends StdSerializer<McpError> {

    static final JacksonModule MODULE =
            new SimpleModule("errors-as-messages").addSerializer(McpError.class, new ErrorsAsMessages());

    private ErrorsAsMessages() {
        super(McpError.class);
    }

    @Override
    public void serialize(McpError error, JsonGenerator json, SerializationContext context) {
        json.writeStartObject();
        json.writeStringProperty("jsonrpc", "2.0");
        json.writeNullProperty("id");
        json.writePOJOProperty("error", error.getJsonRpcError());
        json.writeEndObject();
    }
}
