package cutaway.interp.heads;

import cutaway.interp.heads.HeadKinds.Kind;
import cutaway.interp.heads.HeadKinds.Unscored;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/// Scores the kinds of all heads of a model.
///
/// What is told from chance may still be little, so a kind's floor is twice its threshold. Only the first token
/// is another matter: nearly every head of many models rests there when it finds nothing to look at (Xiao et al. 2023,
/// arXiv:2309.17453, section 3.1), so a head is called by it when that is where most of its attention goes.
public final class HeadScores {

    private static final String ELSEWHERE =
            ("the same of all heads with every target drawn anew from the positions that the"
                            + " query sees, but for position 0 and the target itself; the largest of %d draws")
                    .formatted(AttentionScores.DRAWS);
    private static final String PAIRED =
            "the same of all heads with each token paired with a random other one; the largest of %d pairings"
                    .formatted(Shares.DRAWS);

    /// More than half of a head's attention.
    private static final double MOSTLY = 0.5;

    private final Model model;
    private final Sizes sizes;
    private final long seed;
    private final List<Kind> kinds = new ArrayList<>();
    private final List<Unscored> unscored = new ArrayList<>();

    private HeadScores(Model model, long seed) {
        this.model = model;
        this.sizes = model.sizes();
        this.seed = seed;
    }

    /// @param seed of every draw
    /// @param progress told how many layers are read, of one step after another
    /// @throws BadInputException when the model is an encoder
    public static HeadKinds measure(Model model, long seed, IntConsumer progress) {
        if (!model.sizes().isCausal()) {
            throw new BadInputException(model.path()
                    + " is an encoder; kinds of heads are those of a decoder, such as smollm2-135m-instruct.");
        }
        return new HeadScores(model, seed).measure(progress);
    }

    private HeadKinds measure(IntConsumer progress) {
        RepeatedTokens repeated = RepeatedTokens.draw(model, new SplittableRandom(seed));
        attention(repeated, progress);
        weights(progress);
        names(progress);
        return new HeadKinds(seed, RepeatedTokens.SEQUENCES, repeated.length(), kinds, unscored);
    }

    private void attention(RepeatedTokens repeated, IntConsumer progress) {
        if (!repeated.suffice()) {
            for (String name : List.of("previous token", "duplicate token", "induction", "first token")) {
                unscored.add(new Unscored(
                        name,
                        "context and vocabulary leave room for %d random tokens said twice; at least %d are needed"
                                .formatted(repeated.length(), RepeatedTokens.SHORTEST)));
            }
            return;
        }
        AttentionScores previous = new AttentionScores(sizes, repeated.toPrevious(), seed);
        AttentionScores duplicate = new AttentionScores(sizes, repeated.toDuplicate(), seed);
        AttentionScores induction = new AttentionScores(sizes, repeated.afterDuplicate(), seed);
        AttentionScores first = new AttentionScores(sizes, repeated.toFirst(), seed);
        AttentionScores.read(model, repeated.batch(), List.of(previous, duplicate, induction, first), progress);
        String on = " on %d sequences of %d random tokens, each said twice"
                .formatted(repeated.rows().size(), repeated.length());
        add("previous token", "mean attention to the position before" + on, ELSEWHERE, previous);
        add("duplicate token", "mean attention from a token's second place to its first" + on, ELSEWHERE, duplicate);
        add(
                "induction",
                "mean attention from a token's second place to the token that came after its first" + on,
                ELSEWHERE,
                induction);
        add("first token", "mean attention to position 0" + on, ELSEWHERE, first.threshold(), MOSTLY, first.score());
    }

    private void add(String name, String statistic, String control, AttentionScores scores) {
        add(name, statistic, control, scores.threshold(), 2 * scores.threshold(), scores.score());
    }

    private void weights(IntConsumer progress) {
        if (!model.transformer().readout().isByProducts()) {
            for (String name : List.of("copying", "suppressing")) {
                unscored.add(new Unscored(
                        name,
                        "the model's logits are read off distances: what a head writes towards one depends on where the"
                                + " stream is, and its weights alone do not say"));
            }
            return;
        }
        int[] tokens = OrdinaryTokens.draw(model, CopyScores.SAMPLE, new SplittableRandom(seed));
        if (tokens.length < CopyScores.FEWEST) {
            for (String name : List.of("copying", "suppressing")) {
                unscored.add(new Unscored(
                        name,
                        "the vocabulary has %d tokens of letters; at least %d are needed"
                                .formatted(tokens.length, CopyScores.FEWEST)));
            }
            return;
        }
        CopyScores scores = CopyScores.measure(model, tokens, seed, progress);
        String share = "share of %d random tokens that are among the %d of them whose logits the head %s most, by its"
                + " weights, when it reads the token";
        int few = CopyScores.few(tokens.length);
        add("copying", share.formatted(tokens.length, few, "raises"), PAIRED, scores.copied());
        add("suppressing", share.formatted(tokens.length, few, "lowers"), PAIRED, scores.suppressed());
    }

    private void add(String name, String statistic, String control, Shares shares) {
        add(name, statistic, control, shares.threshold(), 2 * shares.threshold(), shares.score());
    }

    /// A name mover copies: a head that does not scores 0, wherever it looks.
    private void names(IntConsumer progress) {
        Optional<Kind> copying =
                kinds.stream().filter(kind -> kind.name().equals("copying")).findFirst();
        if (copying.isEmpty()) {
            unscored.add(new Unscored("name mover", "a name mover is a copying head, and those could not be scored"));
            return;
        }
        List<String> names = NamePrompts.names(model);
        if (names.size() < NamePrompts.FEWEST_NAMES) {
            unscored.add(new Unscored(
                    "name mover",
                    "%d of the names that its prompts are made of are single tokens of this model; at least %d are needed"
                            .formatted(names.size(), NamePrompts.FEWEST_NAMES)));
            return;
        }
        NamePrompts prompts = NamePrompts.draw(model, names, new SplittableRandom(seed));
        if (prompts.rows().size() < NamePrompts.PROMPTS / 2) {
            unscored.add(new Unscored(
                    "name mover",
                    "in %d of %d prompts the names were not single tokens of this model"
                            .formatted(NamePrompts.PROMPTS - prompts.rows().size(), NamePrompts.PROMPTS)));
            return;
        }
        AttentionScores moved = new AttentionScores(sizes, prompts.glances(), seed);
        AttentionScores.read(model, prompts.batch(), List.of(moved), progress);
        double[][] score = moved.score();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (int head = 0; head < sizes.heads(); head++) {
                score[layer][head] = copying.get().has(layer, head) ? score[layer][head] : 0;
            }
        }
        add(
                "name mover",
                ("mean attention from the last position to the name that comes next, less that to both places of the"
                    + " other name, on %d prompts such as \"After Mary and John had walked to the station, John handed"
                    + " a letter to\"; 0 for a head that is not copying")
                        .formatted(prompts.rows().size()),
                ELSEWHERE,
                moved.threshold(),
                2 * moved.threshold(),
                score);
    }

    private void add(String name, String statistic, String control, double threshold, double floor, double[][] score) {
        double[][] rounded = Arrays.stream(score)
                .map(row -> Arrays.stream(row).map(HeadScores::rounded).toArray())
                .toArray(double[][]::new);
        kinds.add(new Kind(name, statistic, control, rounded(threshold), rounded(floor), rounded));
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
