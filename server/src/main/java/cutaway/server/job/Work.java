package cutaway.server.job;

import java.util.Optional;

/// A kind of long work.
///
/// @param <I> the record that asks for it
/// @param <O> the record that comes of it
public interface Work<I extends Record, O> {

    /// How it is called: `explain`.
    String kind();

    /// What it is, to stand behind "asks for": `an explanation`.
    String does();

    Class<I> takes();

    Class<O> gives();

    /// The record that tells, before the end, what is known so far; empty where a work has none.
    default Optional<Class<?>> drafts() {
        return Optional.empty();
    }

    /// Looks at a question before it is queued.
    ///
    /// @throws cutaway.tensor.BadInputException when it cannot be answered
    default void check(I asked) {}

    /// Works until it is done.
    ///
    /// @param told is told how far it is; where the work was cancelled meanwhile, that throws [Cancelled]
    O run(I asked, Told told);

    /// Hears how far a work is.
    interface Told {

        /// @param step what is going on
        /// @param done how much of it, in words; may be empty
        void at(String step, String done);

        /// @param known so far, of [Work#drafts]
        void draft(Object known);
    }

    /// Thrown through a work that was cancelled.
    final class Cancelled extends RuntimeException {
        public Cancelled() {
            super("cancelled");
        }
    }
}
