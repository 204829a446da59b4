package cutaway.interp.check;

import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Whether a prompt gives the same logits and residual stream alone, among others, padded, and token by token with a
/// cache of keys and values.
final class Modes {

    private static final String NOTE = "|a-b| / |b| per position, against the prompt alone";

    private final Model model;
    private final List<int[]> prompts;
    private final List<Site> stream;
    private final Map<String, Gap> worst = new HashMap<>();

    /// @param prompts of different lengths
    Modes(Model model, List<int[]> prompts) {
        this.model = model;
        this.prompts = List.copyOf(prompts);
        int layers = model.sizes().layers();
        this.stream = Stream.concat(
                        IntStream.range(0, layers).mapToObj(layer -> new Site.Resid(layer, Moment.PRE)),
                        Stream.of(new Site.Resid(layers - 1, Moment.POST)))
                .map(Site.class::cast)
                .toList();
    }

    /// @param progress is told what is done, and which part of it
    List<Finding> check(BiConsumer<String, Double> progress) {
        try (Trace left = Runs.run(model, Batch.of(prompts, Batch.Side.LEFT), List.of(), stream);
                Trace right = Runs.run(model, Batch.of(prompts, Batch.Side.RIGHT), List.of(), stream)) {
            for (int i = 0; i < prompts.size(); i++) {
                int[] prompt = prompts.get(i);
                try (Trace alone = Runs.run(model, Batch.of(prompt), List.of(), stream);
                        Trace batched = Runs.run(model, among(prompt), List.of(), stream)) {
                    compare("batched", alone, batched, 1);
                    compare("padded left", alone, left, i);
                    compare("padded right", alone, right, i);
                    if (isCacheable(prompt.length)) {
                        cached(alone);
                    }
                }
                progress.accept("batches and caches", (i + 1.0) / prompts.size());
            }
        }
        List<Finding> findings = new ArrayList<>();
        List<String> modes = new ArrayList<>(List.of("batched", "padded left", "padded right"));
        if (prompts.stream().anyMatch(prompt -> isCacheable(prompt.length))) {
            modes.add("cached");
        }
        for (String mode : modes) {
            for (String subject : List.of("logits", "residual stream")) {
                Gap gap = worst.getOrDefault(mode + subject, Gap.NONE);
                findings.add(Finding.atMost(mode, subject, gap, Check.same(model), NOTE));
            }
        }
        return findings;
    }

    /// Not in an encoder, whose positions see later ones, nor where keys depend on the length of the text.
    private boolean isCacheable(int length) {
        return model.sizes().isCausal() && !model.transformer().keysChange(1, length);
    }

    /// A batch with two other prompts of the same length, one before and one behind.
    private static Batch among(int[] prompt) {
        int[] reversed = new int[prompt.length];
        int[] first = new int[prompt.length];
        for (int i = 0; i < prompt.length; i++) {
            reversed[i] = prompt[prompt.length - 1 - i];
            first[i] = prompt[0];
        }
        return Batch.of(List.of(reversed, prompt, first), Batch.Side.RIGHT);
    }

    private void compare(String mode, Trace alone, Trace other, int row) {
        int length = alone.batch().length();
        int start = other.batch().place(row, 0);
        try (Scope scope = Scope.open()) {
            note(mode, "logits", alone.logits().select(0, 0), part(other.logits(), row, start, length), length, "");
            for (Site site : stream) {
                note(
                        mode,
                        "residual stream",
                        alone.at(site).select(0, 0),
                        part(other.at(site), row, start, length),
                        length,
                        site.text());
            }
        }
    }

    private static Tensor part(Tensor value, int row, int start, int length) {
        return value.select(0, row).slice(0, start, start + (long) length);
    }

    private void note(String mode, String subject, Tensor alone, Tensor other, int length, String site) {
        String where = "prompt of " + length + (site.isEmpty() ? "" : ", " + site);
        worst.merge(mode + subject, Gap.of(other, alone, "position").in(where), Gap::or);
    }

    /// One token at a time, each behind the cached keys and values of those before it.
    private void cached(Trace alone) {
        int[] ids = alone.batch().ids().getFirst();
        Transformer transformer = model.transformer();
        try (Past.Cache cache = new Past.Cache(ids.length)) {
            for (int at = 0; at < ids.length; at++) {
                long place = at;
                try (Scope scope = Scope.open()) {
                    Map<Point, Tensor> seen = new HashMap<>();
                    Tap keep = (point, value) -> {
                        if (stream.contains(Site.of(point))) {
                            seen.put(point, Scope.detach(value.alias()));
                        }
                        return value;
                    };
                    Tensor positions = Tensor.of(new long[] {place}, 1, 1);
                    Tensor blocked = Tensor.of(new boolean[at + 1], 1, 1, 1, place + 1);
                    Pass pass = transformer.pass(positions, blocked, cache);
                    Tensor embedded = transformer.embed(Tensor.of(new long[] {ids[at]}, 1, 1), positions, keep);
                    Tensor last = transformer.blocks(embedded, 0, model.sizes().layers(), pass, keep);
                    Tensor logits = transformer.unembed(last, keep);
                    cache.advance(1);
                    step("logits", alone.logits(), logits, at, ids.length, "");
                    for (Site site : stream) {
                        Tensor value = seen.get(site.point());
                        if (value != null) {
                            step("residual stream", alone.at(site), value, at, ids.length, site.text());
                        }
                    }
                    seen.values().forEach(Tensor::close);
                }
            }
        }
    }

    private void step(String subject, Tensor alone, Tensor one, int at, int length, String site) {
        String where = "prompt of " + length + ", position " + at + (site.isEmpty() ? "" : ", " + site);
        Tensor expected = alone.select(0, 0).slice(0, at, at + 1L);
        worst.merge(
                "cached" + subject,
                new Gap(Gap.of(one.select(0, 0), expected, "").worst(), where),
                Gap::or);
    }
}
