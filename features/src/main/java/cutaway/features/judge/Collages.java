package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.HeldOut;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Collages of known objects, as texts: each is one to three labelled texts of different labels, one after
/// another, so that it is known which labels it holds. Those for choosing and those for scoring share no
/// group of texts.
///
/// @param texts the collages; their labels are the halves, 0 for choosing and 1 for scoring
/// @param objects the labels
/// @param present whether a collage holds an object, `[object][collage]`
public record Collages(LabelledTexts texts, List<String> objects, boolean[][] present) {

    /// Labels of a collage, at most.
    private static final int MOST = 3;

    /// Fewer of a half say nothing.
    private static final int LEAST = 10;

    /// @param count collages, half of them for choosing
    /// @throws BadInputException when they are too few, or all texts of a label are of one group
    public static Collages of(LabelledTexts labelled, int count, long seed) {
        if (count < 2 * LEAST) {
            throw new BadInputException(
                    count + " collages; half of them are for choosing, so give at least " + 2 * LEAST + ".");
        }
        HeldOut halves = Labelled.halves(labelled.groups(), labelled.labels(), seed);
        RandomGenerator random = new Random(seed).generator();
        int objects = labelled.names().size();
        List<String> texts = new ArrayList<>();
        int[] half = new int[count];
        boolean[][] present = new boolean[objects][count];
        for (int collage = 0; collage < count; collage++) {
            half[collage] = collage % 2;
            List<Integer> from = half[collage] == 0 ? halves.selection() : halves.heldOut();
            List<Integer> labels =
                    new ArrayList<>(IntStream.range(0, objects).boxed().toList());
            Collections.shuffle(labels, random);
            List<String> parts = new ArrayList<>();
            for (int label : labels.subList(0, random.nextInt(1, Math.min(MOST, objects - 1) + 1))) {
                present[label][collage] = true;
                parts.add(labelled.texts().get(drawn(labelled, from, label, random)));
            }
            texts.add(String.join("\n", parts));
        }
        for (int object = 0; object < objects; object++) {
            checkBothHalves(present[object], labelled.names().get(object), count);
        }
        int[] own = IntStream.range(0, count).toArray();
        return new Collages(
                new LabelledTexts(
                        texts,
                        IntStream.of(own).mapToObj(i -> "collage " + (i + 1)).toList(),
                        half,
                        List.of("choosing", "scoring"),
                        own,
                        new int[0],
                        List.of()),
                labelled.names(),
                present);
    }

    private static void checkBothHalves(boolean[] present, String object, int count) {
        for (int half = 0; half < 2; half++) {
            int first = half;
            if (IntStream.range(0, count).filter(i -> i % 2 == first).noneMatch(i -> present[i])) {
                throw new BadInputException("of " + count + " collages, none of those for "
                        + (half == 0 ? "choosing" : "scoring") + " holds the label \"" + object + "\"; make more.");
            }
        }
    }

    private static int drawn(LabelledTexts labelled, List<Integer> from, int label, RandomGenerator random) {
        int[] of = from.stream()
                .mapToInt(Integer::intValue)
                .filter(text -> labelled.labels()[text] == label)
                .toArray();
        if (of.length == 0) {
            throw new BadInputException("split by groups, a half has no text of the label \""
                    + labelled.names().get(label) + "\"; give texts of it in more groups.");
        }
        return of[random.nextInt(of.length)];
    }

    /// What a dictionary reads on them, the mean over tokens of each collage; the caller closes it.
    ///
    /// @throws BadInputException when a collage is longer than the model's context, or the dictionary does
    ///     not fit
    public Labelled read(Model model, Dictionary dictionary, Judge.Progress progress) {
        int longest = texts.texts().stream()
                .mapToInt(text -> model.tokenizer().encode(text, false).ids().length)
                .max()
                .orElse(0);
        int context = longest + model.tokenizer().before().size();
        if (context > model.sizes().context()) {
            throw new BadInputException("a collage of three texts has " + context + " tokens, and the model reads "
                    + model.sizes().context() + "; give shorter texts.");
        }
        Settings settings = Settings.USUAL.withContext(Math.max(2, context));
        return TextActivations.of(model, dictionary, texts, TextActivations.Pool.MEAN, settings, progress);
    }

    /// How well one latent tells each object.
    ///
    /// @param read of these collages, by any dictionary of the same site
    public Identifiability.Found identified(Dictionary dictionary, Labelled read, long seed) {
        try (Scope _ = Scope.open()) {
            Coding coding = Coding.of(dictionary);
            return Identifiability.of(objects, seen(read, coding, 0), seen(read, coding, 1), seed);
        }
    }

    private Identifiability.Seen seen(Labelled read, Coding coding, int half) {
        List<Integer> rows = IntStream.range(0, texts.labels().length)
                .filter(collage -> texts.labels()[collage] == half)
                .boxed()
                .toList();
        boolean[][] there = new boolean[objects.size()][rows.size()];
        for (int object = 0; object < there.length; object++) {
            for (int i = 0; i < rows.size(); i++) {
                there[object][i] = present[object][rows.get(i)];
            }
        }
        return new Identifiability.Seen(read.rows(rows).codes(coding), there);
    }
}
