package cutaway.server.job;

import java.util.Optional;

/// A long work.
///
/// @param <I> the record that asks for it
/// @param <O> the record that comes of it
public interface Work<I extends Record, O> {

    /// What it is.
    ///
    /// @param name how it is called: `explain`
    /// @param does what it is, to stand behind "asks for": `an explanation`
    /// @param drafts the record that tells, before the end, what is known so far; empty where it has none
    record Kind<I extends Record, O>(
            String name, String does, Class<I> takes, Class<O> gives, Optional<Class<?>> drafts) {

        public Kind(String name, String does, Class<I> takes, Class<O> gives) {
            this(name, does, takes, gives, Optional.empty());
        }
    }

    Kind<I, O> kind();

    /// Whether it stops when the page that shows it is closed; else it goes on, and is found again.
    default boolean isForItsPage() {
        return false;
    }

    /// Looks at a question before it is queued.
    ///
    /// @throws cutaway.tensor.BadInputException when it cannot be answered
    default void check(I asked) {}

    /// Works until it is done.
    ///
    /// @param told is told how far it is; where the work was cancelled meanwhile, that throws [Cancelled]
    O run(I asked, Told told);

    /// Told when the result is kept, to make ready what readers will ask next. What goes wrong here is not told.
    default void done(I asked, O result) {}

    /// Hears how far a work is.
    interface Told {

        /// @param step what is going on
        /// @param done how much of it, in words; may be empty
        void at(String step, String done);

        /// @param known so far, of [Kind#drafts]
        void draft(Object known);
    }

    /// Thrown through a work that was cancelled.
    final class Cancelled extends RuntimeException {
        public Cancelled() {
            super("cancelled");
        }
    }
}
