package cutaway.server.api;

/// A question that is not answered, in one sentence for whoever asked.
public final class Refusal extends RuntimeException {

    private final int status;

    /// @param status of HTTP: 404 for what is not there, 409 for what cannot be done now, 413 for what is too large,
    ///     429 for too much at once, 507 where the disk refuses
    public Refusal(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
