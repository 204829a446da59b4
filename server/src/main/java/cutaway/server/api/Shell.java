package cutaway.server.api;

/// Words as a shell reads them.
public final class Shell {

    private Shell() {}

    /// A text as one word, whatever stands in it.
    public static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
