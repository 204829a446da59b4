package cutaway.tensor;

/// Thrown when what a user gave cannot be used: a file that lies, a prompt that is too long, an unknown name.
///
/// The message is one sentence for that user: what was given, what was expected, what to do. The command line
/// prints it without a stack trace and exits with code 2.
public final class BadInputException extends RuntimeException {

    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
