package cutaway.lab.task;

import cutaway.lab.Draws;
import cutaway.tensor.BadInputException;
import java.util.Arrays;

/// A finite set of examples, by number, split at random into some to train on and some held out, and the order in which
/// batches go through the first: epoch after epoch, each in an order of its own.
final class Split {

    private final long seed;
    private final int[] train;
    private final int[] test;
    private long epoch = -1;
    private int[] order = new int[0];

    /// @param examples how many there are
    /// @param share of them that is trained on
    Split(long seed, int examples, double share) {
        this.seed = seed;
        int size = size(examples, share);
        int[] all = Draws.of(seed, "split", 0).permutation(examples);
        train = Arrays.copyOf(all, size);
        test = Arrays.copyOfRange(all, size, examples);
    }

    static int size(int examples, double share) {
        return (int) Math.round(share * examples);
    }

    static void check(int examples, double share) {
        if (!(share > 0 && share <= 1) || size(examples, share) < 1) {
            throw new BadInputException("a share of " + share + " of " + examples
                    + " examples to train on; expected a number above 0, up to 1, that leaves at least one.");
        }
    }

    int trainSize() {
        return train.length;
    }

    int testSize() {
        return test.length;
    }

    int test(int place) {
        return test[place];
    }

    /// The example at a place of a batch. A batch of all examples has them in one order at each step.
    int train(long step, int size, int place) {
        if (size == train.length) {
            return train[place];
        }
        long at = Math.addExact(Math.multiplyExact(step, size), place);
        long now = at / train.length;
        if (now != epoch) {
            epoch = now;
            order = Draws.of(seed, "epoch", epoch).permutation(train.length);
        }
        return train[order[(int) (at % train.length)]];
    }
}
