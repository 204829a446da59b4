package cutaway.model.chat;

/// What went wrong while a template ran, in the words of Python's jinja2; `Renderer` adds the line it happened on.
final class Fault extends RuntimeException {

    Fault(String message) {
        super(message, null, false, false);
    }
}
