package cutaway.features.pages;

import java.util.Arrays;

/// How often and how much each latent fires over a text, and where most: at most one place of a context.
final class Activity {

    private final int[] fired;
    private final float[] max;
    private final double[] sum;
    private final LargestKeys top;

    private Activity(int width, int top) {
        fired = new int[width];
        max = new float[width];
        sum = new double[width];
        this.top = new LargestKeys(width, top);
    }

    /// @param top places to keep of each latent
    static Activity of(StoredCodes codes, TokenRows rows, int width, int top) {
        Activity activity = new Activity(width, top);
        int[] context = new int[width]; // that each latent fired in last
        Arrays.fill(context, -1);
        long[] best = new long[width]; // its greatest activation there
        for (int row = 0; row < codes.rows(); row++) {
            int here = rows.context(row);
            for (long i = codes.start(row); i < codes.start(row + 1); i++) {
                int latent = codes.latent(i);
                float value = codes.value(i);
                activity.fired[latent]++;
                activity.sum[latent] += value;
                activity.max[latent] = Math.max(activity.max[latent], value);
                if (context[latent] != here) {
                    activity.offer(latent, context[latent], best[latent]);
                    context[latent] = here;
                    best[latent] = 0;
                }
                best[latent] = Math.max(best[latent], key(value, row));
            }
        }
        for (int latent = 0; latent < width; latent++) {
            activity.offer(latent, context[latent], best[latent]);
        }
        return activity;
    }

    private void offer(int latent, int context, long key) {
        if (context >= 0) {
            top.offer(latent, key);
        }
    }

    /// The bits of numbers above 0 rise as they do; of equal ones the earlier is the greater.
    private static long key(float value, int row) {
        return LargestKeys.key(Float.floatToIntBits(value), Integer.MAX_VALUE - row);
    }

    /// On how many tokens a latent is above 0.
    int fired(int latent) {
        return fired[latent];
    }

    /// Its greatest activation; 0 where it never fires.
    float max(int latent) {
        return max[latent];
    }

    /// The sum of its activations.
    double sum(int latent) {
        return sum[latent];
    }

    /// The rows of its greatest activations, the greatest first.
    int[] top(int latent) {
        return Arrays.stream(top.of(latent))
                .mapToInt(key -> Integer.MAX_VALUE - LargestKeys.second(key))
                .toArray();
    }
}
