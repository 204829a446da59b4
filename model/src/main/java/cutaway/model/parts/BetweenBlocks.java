package cutaway.model.parts;

import java.util.function.Supplier;

/// What is done before each block of every pass on a thread, for whoever waits for what the passes are for: look
/// whether the answer is still wanted, and say how far it is.
///
///     BetweenBlocks.during((block, of) -> awaited.check(), () -> answer(question))
///
/// A [Tap] sees the values of one pass; this is for who asks what takes many passes, made by others.
public final class BetweenBlocks {

    /// What it throws leaves the pass, which frees what it made.
    @FunctionalInterface
    public interface Deed {
        /// @param block that comes next, from 0
        /// @param of how many there are
        void at(int block, int of);
    }

    private static final ScopedValue<Deed> OF_THIS_THREAD = ScopedValue.newInstance();
    private static final Deed NOTHING = (block, of) -> {};

    private BetweenBlocks() {}

    /// Works, with this done, and nothing else, before the blocks of this thread.
    public static <T> T during(Deed deed, Supplier<T> work) {
        return ScopedValue.where(OF_THIS_THREAD, deed).call(work::get);
    }

    /// What is done on this thread; threads that help it do the same, by [#during].
    public static Deed ofThisThread() {
        return OF_THIS_THREAD.orElse(NOTHING);
    }
}
