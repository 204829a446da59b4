package cutaway.server.http;

import cutaway.server.api.Json;
import cutaway.server.api.Problem;
import cutaway.server.api.Refusal;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/// Another protocol's servlet beside the routes, behind the same doors.
///
/// @param path of its address
public record Mounted(String path, HttpServlet servlet) {

    void into(ServletContextHandler context, Guard guard) {
        FilterHolder doors = new FilterHolder(new Doors(guard));
        doors.setAsyncSupported(true);
        context.addFilter(doors, path, null);
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, path);
    }

    /// Lets through what may ask.
    private record Doors(Guard guard) implements Filter {

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            HttpServletRequest asked = (HttpServletRequest) request;
            HttpServletResponse answer = (HttpServletResponse) response;
            HttpServer.HEADERS.forEach(answer::setHeader);
            try {
                guard.check(
                        new Guard.Asking(
                                asked.getHeader("Host"),
                                asked.getHeader("Origin"),
                                asked.getHeader("Sec-Fetch-Site"),
                                asked.getHeader("Authorization")),
                        false);
            } catch (Refusal e) {
                answer.setStatus(e.status());
                answer.setContentType("application/json");
                answer.getOutputStream()
                        .write(Json.text(new Problem(String.valueOf(e.getMessage())))
                                .getBytes(StandardCharsets.UTF_8));
                return;
            }
            chain.doFilter(request, response);
        }
    }
}
