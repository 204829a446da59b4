package cutaway.interp.explain;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.EmbeddingNoise;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Noise;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.model.tokenizer.Encoding;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Finds the run that a prompt is set against: the same length, another answer.
final class Contrasts {

    private static final int NOISE_SEEDS = 10;
    private static final double FIRST_NOISE = 3; // as in causal tracing (arXiv:2202.05262, section 2.1)
    private static final double LARGEST_NOISE = 48;

    /// How much less likely than the prompt, nats a token, a variant may be: past that, words stand where they make
    /// no sense, and what the model does there says little about the prompt.
    private static final double STRANGER = 0.5;

    /// Variants of each kind that are tried: each is a forward pass, of 256 tokens a third of a second on two cores.
    private static final int MOST_TRIED = 40;

    /// Of them, how many are rows of one batch, for which weights are read once; of long ones, as many as have so many
    /// tokens.
    private static final int TOGETHER = 8;

    private static final int TOKENS = 512;

    /// Logits of variants that are computed at all positions, 64 MB: they give margins and losses from one pass.
    private static final long LOGITS = 1 << 24;

    /// @param how in words
    record Found(
            String kind,
            String how,
            Source source,
            int[] ids,
            int firstDifference,
            @Nullable Noise noise) {}

    private final Model model;
    private final Encoding prompt;
    private final String text;
    private final int answer;
    private final OptionalInt rival;
    private final long seed;
    private final Consumer<String> progress;

    /// @param progress hears how far the search is
    Contrasts(
            Model model,
            String text,
            Encoding prompt,
            int answer,
            OptionalInt rival,
            long seed,
            Consumer<String> progress) {
        this.model = model;
        this.text = text;
        this.prompt = prompt;
        this.answer = answer;
        this.rival = rival;
        this.seed = seed;
        this.progress = progress;
    }

    /// @throws BadInputException when the two prompts differ in length, or not at all
    static Found given(Model model, Encoding prompt, String contrast) {
        if (contrast.isEmpty()) {
            throw new BadInputException("the contrast is empty; give a prompt with as many tokens and another answer.");
        }
        Encoding other = model.encode(contrast);
        if (other.ids().length != prompt.ids().length) {
            throw new BadInputException(
                    "the prompt has %d tokens and the contrast %d; they must have the same number: the prompt is %s, the contrast %s."
                            .formatted(prompt.ids().length, other.ids().length, prompt.tokens(), other.tokens()));
        }
        int first = Arrays.mismatch(prompt.ids(), other.ids());
        if (first < 0) {
            throw new BadInputException("the contrast is the prompt itself; give one with another answer.");
        }
        return new Found("given", "as given: " + contrast, Source.of(other.ids(), List.of()), other.ids(), first, null);
    }

    /// A swap of names or words that flips the answer; else noise on the subject.
    Found made() {
        List<Words.Variant> names = Words.namePuts(text, prompt);
        Found found = flipping(names);
        if (found == null) {
            found = flipping(Words.exchanges(text, prompt));
        }
        return found == null ? noisy() : found;
    }

    /// Of the variants that flip the answer and are still text to the model, the one that flips it most. Of a long
    /// prompt only some are tried, those whose changes stand nearest to its end.
    private @Nullable Found flipping(List<Words.Variant> variants) {
        List<Words.Variant> tried = latest(variants);
        long logits = (tried.size() + 1L) * prompt.ids().length * model.sizes().vocab();
        if (!tried.isEmpty() && tried.size() < TOGETHER && logits <= LOGITS) {
            return flippingAtOnce(tried).orElse(null);
        }
        List<Flip> flips = new ArrayList<>();
        int together = Math.clamp(TOKENS / prompt.ids().length, 1, TOGETHER);
        for (int from = 0; from < tried.size(); from += together) {
            progress.accept(from + " of " + tried.size() + " variants");
            List<Words.Variant> some = tried.subList(from, Math.min(from + together, tried.size()));
            double[] margins = margins(some);
            for (int i = 0; i < margins.length; i++) {
                if (margins[i] < 0) {
                    flips.add(new Flip(some.get(i), margins[i]));
                }
            }
        }
        if (flips.isEmpty()) {
            return null;
        }
        flips.sort(Comparator.comparingDouble(Flip::margin));
        double plain = loss(prompt.ids());
        return flips.stream()
                .map(Flip::variant)
                .filter(variant -> loss(variant.ids()) <= plain + STRANGER)
                .findFirst()
                .map(this::found)
                .orElse(null);
    }

    private Found found(Words.Variant best) {
        return new Found(
                "swap",
                best.how(),
                Source.of(best.ids(), List.of()),
                best.ids(),
                Arrays.mismatch(prompt.ids(), best.ids()),
                null);
    }

    /// As [#flipping], of few and short variants: all of them and the prompt are rows of one pass.
    private Optional<Found> flippingAtOnce(List<Words.Variant> tried) {
        progress.accept("0 of " + tried.size() + " variants");
        List<int[]> rows = new ArrayList<>(List.of(prompt.ids()));
        tried.forEach(variant -> rows.add(variant.ids()));
        int last = prompt.ids().length - 1;
        return Scope.free(() -> {
            Tensor logits = model.forward(Batch.of(rows, Batch.Side.RIGHT), Tap.NONE); // [row, pos, vocab]
            double plain = loss(logits.select(0, 0), prompt.ids());
            List<Flip> flips = new ArrayList<>();
            for (int i = 0; i < tried.size(); i++) {
                Tensor of = logits.select(0, i + 1L);
                double margin = margin(of.select(0, last).toDoubles());
                if (margin < 0 && loss(of, tried.get(i).ids()) <= plain + STRANGER) {
                    flips.add(new Flip(tried.get(i), margin));
                }
            }
            return flips.stream().min(Comparator.comparingDouble(Flip::margin)).map(flip -> found(flip.variant));
        });
    }

    /// @param margin of the answer, below 0
    private record Flip(Words.Variant variant, double margin) {}

    /// The answer's margin on each, which are run together.
    private double[] margins(List<Words.Variant> variants) {
        Batch batch = Batch.of(variants.stream().map(Words.Variant::ids).toList(), Batch.Side.RIGHT);
        try (Scope scope = Scope.open()) {
            Tensor logits = model.transformer().unembed(model.lastResidual(batch, Tap.NONE), Tap.NONE);
            return IntStream.range(0, variants.size())
                    .mapToDouble(row -> margin(logits.select(0, row).reshape(-1).toDoubles()))
                    .toArray();
        }
    }

    private List<Words.Variant> latest(List<Words.Variant> variants) {
        return variants.size() <= MOST_TRIED
                ? variants
                : variants.stream()
                        .sorted(Comparator.comparingInt(
                                        (Words.Variant variant) -> Arrays.mismatch(prompt.ids(), variant.ids()))
                                .reversed())
                        .limit(MOST_TRIED)
                        .toList();
    }

    /// The answer's logit minus the rival's, or minus that of the best other token, nats.
    private double margin(Source run) {
        try (Trace trace = Runs.toLast(model, run, List.of());
                Scope scope = Scope.open()) {
            return margin(trace.logits().reshape(-1).toDoubles());
        }
    }

    /// @param logits of the next token
    private double margin(double[] logits) {
        return logits[answer] - logits[rival.orElseGet(() -> bestOther(logits, answer))];
    }

    /// Mean next-token cross-entropy of a text, nats.
    private double loss(int[] ids) {
        return Scope.free(() -> loss(model.logits(ids), ids));
    }

    /// @param logits `[pos, vocab]`
    private static double loss(Tensor logits, int[] ids) {
        int n = ids.length;
        if (n < 2) {
            return 0;
        }
        long[] next = IntStream.of(ids).skip(1).asLongStream().toArray();
        return -logits.slice(0, 0, n - 1)
                .logSoftmax(-1)
                .gather(-1, Tensor.of(next, n - 1, 1))
                .mean()
                .item();
    }

    static int bestOther(double[] logits, int answer) {
        int best = answer == 0 ? 1 : 0;
        for (int id = 0; id < logits.length; id++) {
            if (id != answer && logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    /// Noise on the embeddings of the subject, as strong as it takes to flip the answer in half of the seeds.
    private Found noisy() {
        int[] subject = Words.subject(text, prompt);
        double deviation = EmbeddingNoise.deviation(model);
        for (double scale = FIRST_NOISE; scale <= LARGEST_NOISE; scale *= 2) {
            List<Long> flipping = new ArrayList<>();
            for (long s = seed; s < seed + NOISE_SEEDS; s++) {
                progress.accept(
                        "noise of %s standard deviations, %d of %d seeds".formatted(scale, s - seed, NOISE_SEEDS));
                if (margin(Source.of(prompt.ids(), List.of(noise(subject, scale * deviation, s)))) < 0) {
                    flipping.add(s);
                }
            }
            if (flipping.size() * 2 >= NOISE_SEEDS) {
                long used = flipping.getFirst();
                Noise noise = new Noise(
                        scale, List.of(subject[0], subject[subject.length - 1]), flipping.size(), NOISE_SEEDS, used);
                Source source = Source.of(prompt.ids(), List.of(noise(subject, scale * deviation, used)));
                String how =
                        "noise of %s standard deviations on the subject \"%s\", seed %d; it flips the answer in %d of %d seeds"
                                .formatted(scale, shown(subject), used, flipping.size(), NOISE_SEEDS);
                return new Found("noise", how, source, prompt.ids(), subject[0], noise);
            }
        }
        throw new BadInputException("no contrast was found that changes the answer "
                + prompt.tokens().getLast()
                + " → \"" + model.tokenizer().token(answer) + "\"; give one with --contrast, of " + prompt.ids().length
                + " tokens.");
    }

    private String shown(int[] positions) {
        StringBuilder text = new StringBuilder();
        for (int pos : positions) {
            text.append(prompt.tokens().get(pos));
        }
        return text.toString().strip();
    }

    private Edit noise(int[] subject, double deviation, long noiseSeed) {
        return EmbeddingNoise.edit(model, Positions.of(subject), deviation, noiseSeed);
    }
}
