package cutaway.cli.bench;

/// A task on activations of a text beside a rival, with what came of it.
///
/// @param task what is done
/// @param size how much of it was done
/// @param wanted how many times as fast as the rival it is to be
/// @param tokens of the text
/// @param ours seconds
/// @param theirs seconds
/// @param how the rival did it
/// @param gap how far their values are apart
/// @param tolerance how far they may be
public record StoreRow(
        String task,
        String size,
        String rival,
        double wanted,
        long tokens,
        double ours,
        double theirs,
        String how,
        double gap,
        double tolerance) {

    public double ratio() {
        return theirs / ours;
    }

    boolean agrees() {
        return gap <= tolerance;
    }

    public boolean isReached() {
        return agrees() && ratio() >= wanted;
    }
}
