package cutaway.model.hub;

import java.time.Duration;

/// How long a server that fails is tried.
///
/// @param attempts in a row without a byte gained, after which it is given up
/// @param pause before the second attempt; doubled before each further one
/// @param silence after which a connection that says nothing is cut
record Patience(int attempts, Duration pause, Duration silence) {

    static final Patience USUAL = new Patience(5, Duration.ofSeconds(1), Duration.ofSeconds(60));

    private static final Duration LONGEST = Duration.ofSeconds(60);

    /// The pause after a failure.
    ///
    /// @param failures in a row so far, from 1
    /// @param asked what the server asked to wait, or zero
    Duration after(int failures, Duration asked) {
        Duration own = pause.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration longer = own.compareTo(asked) > 0 ? own : asked;
        return longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
    }
}
