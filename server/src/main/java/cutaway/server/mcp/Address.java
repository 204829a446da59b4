package cutaway.server.mcp;

/// Where the routes are asked over HTTP.
///
/// @param url without a slash at its end
/// @param needsToken whether questions must carry a token, which is not told here
/// @param listens whether a server is known to be there
public record Address(String url, boolean needsToken, boolean listens) {

    /// Where `cutaway serve` listens when nobody says otherwise; none may be there.
    static final Address USUAL = new Address("http://127.0.0.1:7979", false, false);

    /// Of a server.
    ///
    /// @param host that it listens on; where that stands for all addresses of a machine, its own is told
    public static Address of(String host, int port, boolean needsToken) {
        String name = switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "[::1]";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
        return new Address("http://" + name + ":" + port, needsToken, true);
    }
}
