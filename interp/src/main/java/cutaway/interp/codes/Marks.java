package cutaway.interp.codes;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/// Which neurons an input marks: a matrix of yes and no.
///
/// @param neurons how many there are
/// @param ofInputs of each input the neurons that it marks
public record Marks(int neurons, List<BitSet> ofInputs) {

    /// Trades for each input: after about five, a matrix no longer says where it came from (Strona et al. 2014).
    private static final int TRADES = 5;

    public Marks {
        ofInputs = List.copyOf(ofInputs);
    }

    public int inputs() {
        return ofInputs.size();
    }

    /// How many neurons two inputs both mark.
    public int shared(int first, int second) {
        BitSet both = (BitSet) ofInputs.get(first).clone();
        both.and(ofInputs.get(second));
        return both.cardinality();
    }

    /// The neurons that two inputs both mark beyond what chance gives to inputs that mark as many, in standard
    /// deviations of chance (the hypergeometric distribution); 0 where nothing can vary.
    public double excess(int first, int second) {
        double a = ofInputs.get(first).cardinality();
        double b = ofInputs.get(second).cardinality();
        double n = neurons;
        double variance = n < 2 ? 0 : a * b * (n - a) * (n - b) / (n * n * (n - 1));
        return variance <= 0 ? 0 : (shared(first, second) - a * b / n) / Math.sqrt(variance);
    }

    /// Excesses of all pairs, `[input][input]`, 0 on the diagonal.
    public double[][] excesses() {
        double[][] all = new double[inputs()][inputs()];
        for (int i = 0; i < inputs(); i++) {
            for (int j = 0; j < i; j++) {
                all[i][j] = excess(i, j);
                all[j][i] = all[i][j];
            }
        }
        return all;
    }

    /// A draw of the matrices in which every input marks as many neurons, and every neuron is marked by as many
    /// inputs, as here: the curveball algorithm (Strona et al. 2014, Nature Communications 5:4114).
    public Marks shuffled(RandomGenerator random) {
        List<BitSet> rows = new ArrayList<>();
        ofInputs.forEach(row -> rows.add((BitSet) row.clone()));
        for (int trade = 0; trade < TRADES * inputs(); trade++) {
            int one = random.nextInt(rows.size());
            int other = random.nextInt(rows.size());
            if (one != other) {
                trade(rows.get(one), rows.get(other), random);
            }
        }
        return new Marks(neurons, rows);
    }

    /// What only one of two inputs marks is dealt out anew between them.
    private static void trade(BitSet one, BitSet other, RandomGenerator random) {
        BitSet apart = (BitSet) one.clone();
        apart.xor(other);
        List<Integer> cards = new ArrayList<>(apart.stream().boxed().toList());
        BitSet mine = (BitSet) apart.clone();
        mine.and(one);
        int count = mine.cardinality();
        Collections.shuffle(cards, java.util.Random.from(random));
        one.andNot(apart);
        other.andNot(apart);
        cards.subList(0, count).forEach(one::set);
        cards.subList(count, cards.size()).forEach(other::set);
    }
}
