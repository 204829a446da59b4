package cutaway.interp.heads;

import java.util.Arrays;
import java.util.SplittableRandom;

/// By head, for how many of the tokens that it reads one token is among the few that it favours: the token
/// itself, and as a
/// control a random other one, the same for all heads.
final class Shares {

    static final int DRAWS = 100;

    private final double[][] score;
    private final int[][] pairings;
    private double largestByChance;

    /// @param tokens how many are read
    Shares(int layers, int tokens, long seed) {
        this.score = new double[layers][];
        SplittableRandom random = new SplittableRandom(seed);
        this.pairings = new int[DRAWS][];
        for (int draw = 0; draw < DRAWS; draw++) {
            pairings[draw] = cycle(tokens, random);
        }
    }

    /// @param favoured 1 where a token is among the few when another is read, `[head, read, token]`
    void add(int layer, float[] favoured) {
        int tokens = pairings[0].length;
        int heads = favoured.length / (tokens * tokens);
        score[layer] = new double[heads];
        int[] itself = new int[tokens];
        Arrays.setAll(itself, token -> token);
        for (int head = 0; head < heads; head++) {
            score[layer][head] = share(favoured, head, itself);
            for (int[] pairing : pairings) {
                largestByChance = Math.max(largestByChance, share(favoured, head, pairing));
            }
        }
    }

    private static double share(float[] favoured, int head, int[] paired) {
        int tokens = paired.length;
        double sum = 0;
        for (int token = 0; token < tokens; token++) {
            sum += favoured[(head * tokens + token) * tokens + paired[token]];
        }
        return sum / tokens;
    }

    /// A random permutation that leaves nothing in its place: one cycle (Sattolo 1986).
    private static int[] cycle(int length, SplittableRandom random) {
        int[] cycle = new int[length];
        Arrays.setAll(cycle, i -> i);
        for (int i = length - 1; i > 0; i--) {
            int other = random.nextInt(i);
            int held = cycle[i];
            cycle[i] = cycle[other];
            cycle[other] = held;
        }
        return cycle;
    }

    /// `[layer][head]`
    double[][] score() {
        return score;
    }

    /// The largest share of any head in any pairing.
    double threshold() {
        return largestByChance;
    }
}
