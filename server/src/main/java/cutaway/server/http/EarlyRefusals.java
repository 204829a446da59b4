package cutaway.server.http;

import cutaway.server.api.Json;
import cutaway.server.api.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Says what Jetty refuses before the routes are asked, such as an address that leads out of the root, as the routes
/// say what they refuse.
final class EarlyRefusals extends ErrorHandler {

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.write(true, said(code, message, response.getHeaders()), callback);
    }

    private static ByteBuffer said(int status, @Nullable String why, HttpFields.Mutable headers) {
        HttpServer.HEADERS.forEach(headers::put);
        headers.put(HttpHeader.CONTENT_TYPE, "application/json");
        String reason = why == null || why.isBlank() ? HttpStatus.getMessage(status) : why;
        String sentence = "this request was refused before it was read (" + reason
                + "); ask as GET /api/openapi.json says, or open the page at /.";
        return ByteBuffer.wrap(Json.text(new Problem(sentence)).getBytes(StandardCharsets.UTF_8));
    }
}
