package cutaway.server.http;

import cutaway.server.api.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may ask.
///
/// - The `Host` that a question names must be one that this server was told it has: a page from elsewhere whose name
///   was pointed at this machine (DNS rebinding) names another.
/// - An `Origin` must be this server's own, and a browser must not say that the question comes from another site.
/// - Where the server listens beyond this machine, every question but those for the page itself needs the token.
public final class Guard {

    private final Set<String> hosts;
    private final Optional<String> token;

    /// @param hosts names with which this server may be called, without the port
    /// @param token that questions must carry; empty where the server listens on this machine alone
    public Guard(Set<String> hosts, Optional<String> token) {
        this.hosts = Set.copyOf(hosts);
        this.token = token;
    }

    /// The headers of a question that decide.
    record Asking(
            @Nullable String host,
            @Nullable String origin,
            @Nullable String site,
            @Nullable String authorization) {}

    /// @param open whether it asks for what everyone may see: the page, which holds nothing of the user's
    /// @throws Refusal when it may not ask
    void check(Asking asking, boolean open) {
        String host = asking.host == null ? "" : asking.host.toLowerCase(Locale.ROOT);
        if (!hosts.contains(withoutPort(host))) {
            throw new Refusal(
                    403,
                    "this server is not called by that name; open it at the address that it printed, or name it with"
                            + " --host when it is started.");
        }
        if (asking.origin != null && !asking.origin.equalsIgnoreCase("http://" + host)) {
            throw new Refusal(403, "a page of another origin may not ask this server.");
        }
        if (!open && asking.site != null && !Set.of("same-origin", "none").contains(asking.site)) {
            throw new Refusal(403, "a page of another site may not ask this server.");
        }
        if (!open && token.isPresent() && !isToken(asking.authorization, token.get())) {
            throw new Refusal(401, "this server needs its token; open the page at the address that it printed.");
        }
    }

    private static boolean isToken(@Nullable String authorization, String token) {
        byte[] given = (authorization == null ? "" : authorization).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(given, ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
    }

    private static String withoutPort(String host) {
        return host.replaceFirst(":\\d{1,5}$", "");
    }
}
