package cutaway.lab.train;

/// A training step that cannot be made: a loss, a gradient or a parameter is not finite. It names step and place.
public final class Collapse extends RuntimeException {

    private static final long serialVersionUID = 1;

    Collapse(String message) {
        super(message);
    }
}
