package cutaway.server.mcp;

/// A tool, and what an agent is told of it.
///
/// @param name as it is called: `effect`
/// @param title for people who look at what an agent may do
/// @param route that answers it, as [cutaway.server.api.Route#name] says it
/// @param changes what it does to what is kept
/// @param says when to use it, and how to read what comes of it
record Offer(String name, String title, String route, Changes changes, String says) {

    enum Changes {
        NOTHING,
        ADDS,
        TAKES_AWAY
    }
}
