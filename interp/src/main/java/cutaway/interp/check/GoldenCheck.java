package cutaway.interp.check;

import cutaway.interp.check.Finding.Bound;
import cutaway.interp.edit.Metric;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Point;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Holds a model against the reference values of a golden file, tensor by tensor.
final class GoldenCheck {

    static final String NAME = "golden";
    private static final String RELATIVE = "|a-b| / |b| per position";

    /// How many ids of the first prompt `greedy` goes on from.
    private static final int GREEDY_START = 5;

    private final Model model;
    private final GoldenFile file;
    private final List<Finding> findings = new ArrayList<>();

    GoldenCheck(Model model, GoldenFile file) {
        this.model = model;
        this.file = file;
    }

    /// @param progress is told what is done, and which part of it
    List<Finding> check(BiConsumer<String, Double> progress) {
        try (Scope scope = Scope.open()) {
            batch();
            padded();
            greedy("greedy", () -> Arrays.copyOf(prompts("greedy").getFirst(), GREEDY_START));
            progress.accept("golden values", 0.2);
            for (int k : file.numbers("#.ids", Integer.MAX_VALUE)) {
                prompt(k);
            }
            progress.accept("golden values", 0.4);
            findings.addAll(new PatchingGrids(model, file).check(progress));
            strays();
        }
        return findings;
    }

    /// @throws BadInputException for a tensor of a prompt without its ids
    private void strays() {
        for (String name : List.of("#.logits.last", "#.logprob.next", "#.greedy")) {
            for (int k : file.numbers(name, Integer.MAX_VALUE)) {
                file.whole(k + ".ids", name.replace("#", "" + k), -1);
            }
        }
    }

    private List<int[]> prompts(String forWhat) {
        int[] ids = file.whole("input_ids", forWhat, -1, -1);
        int length = (int) file.size("input_ids", 1);
        return IntStream.range(0, ids.length / length)
                .mapToObj(row -> Arrays.copyOfRange(ids, row * length, (row + 1) * length))
                .toList();
    }

    private void batch() {
        List<Integer> hidden = file.numbers("hidden.#", model.sizes().layers() + 1);
        List<Integer> patterns = file.numbers("pattern.#", model.sizes().layers());
        String any = !hidden.isEmpty()
                ? "hidden." + hidden.getFirst()
                : !patterns.isEmpty() ? "pattern." + patterns.getFirst() : "logits";
        if (hidden.isEmpty() && patterns.isEmpty() && !file.has("logits")) {
            loss();
            return;
        }
        List<int[]> prompts = prompts(any);
        int rows = prompts.size();
        int length = prompts.getFirst().length;
        try (Trace trace = Runs.run(model, Batch.of(prompts, Batch.Side.RIGHT), List.of(), reads(hidden, patterns))) {
            if (file.has("logits")) {
                Tensor logits =
                        file.tensor("logits", rows, length, model.sizes().vocab());
                agrees("logits", Gap.of(trace.logits(), logits, "row", "position"));
            }
            for (int layer : hidden) {
                String name = "hidden." + layer;
                Tensor expected = file.tensor(name, rows, length, model.sizes().dModel());
                agrees(name, Gap.of(hidden(trace, layer), expected, "row", "position"));
            }
            for (int layer : patterns) {
                String name = "pattern." + layer;
                Tensor expected = file.tensor(name, rows, model.sizes().heads(), length, length);
                agrees(
                        name,
                        Gap.of(trace.at(new Site.Heads(layer, HeadPart.PATTERN)), expected, "row", "head", "position"));
            }
        }
        loss();
    }

    private List<Site> reads(List<Integer> hidden, List<Integer> patterns) {
        List<Site> reads = new ArrayList<>();
        hidden.forEach(layer -> reads.add(stream(layer)));
        patterns.forEach(layer -> reads.add(new Site.Heads(layer, HeadPart.PATTERN)));
        return reads;
    }

    private Site stream(int layer) {
        int layers = model.sizes().layers();
        if (layer < layers) {
            return new Site.Resid(layer, Moment.PRE);
        }
        return endsNormalized()
                ? new Site.Resid(layers - 1, Moment.NORMALIZED)
                : new Site.Normalized(0, Site.Norm.FINAL);
    }

    /// Whether the last block's own norm is the last one on the residual stream (BERT).
    private boolean endsNormalized() {
        return model.sizes().wiring().has(Point.Kind.NORMALIZED_RESID_POST);
    }

    /// The residual stream before a block; behind the last one, what the final norm makes of it.
    private Tensor hidden(Trace trace, int layer) {
        Tensor value = trace.at(stream(layer));
        if (layer < model.sizes().layers() || endsNormalized()) {
            return value;
        }
        Norm norm = model.transformer().finalNorm();
        Tensor weighted = value.times(norm.weight());
        Tensor bias = norm.bias();
        return bias == null ? weighted : weighted.plus(bias);
    }

    /// All rows have one length, so the mean over all tokens is the mean of the rows.
    private void loss() {
        if (file.has("loss")) {
            Tensor expected = file.tensor("loss").reshape(1);
            double loss = prompts("loss").stream()
                    .mapToDouble(ids -> Runs.measure(model, ids, List.of(), new Metric.Loss()))
                    .average()
                    .orElseThrow();
            agrees("loss", Gap.of(Tensor.of(new double[] {loss}, 1), expected));
        }
        if (file.has("grad.embed")) {
            List<int[]> prompts = prompts("grad.embed");
            Tensor expected = file.tensor(
                    "grad.embed",
                    prompts.size(),
                    prompts.getFirst().length,
                    model.sizes().dModel());
            Site where = new Site.Embed(); // transformers' input embeddings, before positions and norm
            List<Tensor> rows = new ArrayList<>();
            for (int[] ids : prompts) {
                Tensor gradient = Runs.gradients(model, ids, List.of(), new Metric.Loss(), List.of(where))
                        .values()
                        .iterator()
                        .next();
                rows.add(gradient.over(prompts.size()));
            }
            agrees("grad.embed", embeddingGap(Tensor.cat(rows, 0), expected));
        }
    }

    /// Gemma's code scales what it calls input embeddings within the embedding, Granite's after it: either may
    /// be meant.
    private Gap embeddingGap(Tensor gradient, Tensor expected) {
        Gap scaled = Gap.of(gradient, expected, "row", "position");
        double scale = model.transformer().embedding().scale();
        Gap unscaled = Gap.of(gradient.times(scale), expected, "row", "position");
        return unscaled.worst() < scaled.worst() ? unscaled : scaled;
    }

    private void padded() {
        if (!file.hasAny("padded.")) {
            return;
        }
        int[] ids = file.whole("padded.input_ids", "padded.logits", 1, -1);
        int[] mask = file.whole("padded.mask", "padded.logits", 1, ids.length);
        int real = (int) Arrays.stream(mask).filter(one -> one != 0).count();
        Batch.Side side = mask[0] == 0 ? Batch.Side.LEFT : Batch.Side.RIGHT;
        Batch batch = new Batch(List.of(withoutPadding(ids, mask)), List.of(ids.length - real), side);
        for (int pos = 0; pos < mask.length; pos++) {
            if (real == 0 || batch.isReal(0, pos) != (mask[pos] != 0)) {
                throw new BadInputException(file.path()
                        + ": \"padded.mask\" is neither padded left nor right; expected 0 for padding on one"
                        + " side, 1 elsewhere.");
            }
        }
        Tensor expected = file.needed(
                "padded.logits", "padded.input_ids", 1, real, model.sizes().vocab());
        try (Trace trace = Runs.run(model, batch, List.of(), List.of())) {
            int start = batch.place(0, 0);
            Tensor logits = trace.logits().slice(1, start, (long) start + real);
            agrees("padded.logits", Gap.of(logits, expected, "row", "position"));
        }
    }

    private static int[] withoutPadding(int[] ids, int[] mask) {
        return IntStream.range(0, ids.length)
                .map(i -> mask[i] == 0 ? 0 : ids[i])
                .toArray();
    }

    private void prompt(int k) {
        int[] ids = file.whole(k + ".ids", null, -1);
        PromptTexts.of(file, model, k).ifPresent(own -> {
            int differ = own.length == ids.length ? 0 : 1;
            for (int i = 0; i < Math.min(own.length, ids.length); i++) {
                differ += own[i] == ids[i] ? 0 : 1;
            }
            findings.add(Finding.atMost(
                    NAME, k + ".ids", new Gap(differ, "prompt " + k), 0, "ids that the tokenizer gives otherwise"));
        });
        List<Integer> hidden = file.numbers(k + ".hidden.#", model.sizes().layers() + 1);
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), reads(hidden, List.of()))) {
            if (file.has(k + ".logits.last")) {
                Tensor expected = file.tensor(k + ".logits.last", model.sizes().vocab());
                agrees(k + ".logits.last", Gap.of(trace.logits().select(0, 0).select(0, ids.length - 1L), expected));
            }
            for (int layer : hidden) {
                String name = k + ".hidden." + layer;
                Tensor expected = file.tensor(name, ids.length, model.sizes().dModel());
                agrees(name, Gap.of(hidden(trace, layer).select(0, 0), expected, "position"));
            }
            if (file.has(k + ".logprob.next")) {
                logProbabilities(k, ids, trace);
            }
        }
        greedy(k + ".greedy", () -> ids);
    }

    /// A log probability near 0 says nothing about its own relative error, so nats are compared as they are.
    private void logProbabilities(int k, int[] ids, Trace trace) {
        String name = k + ".logprob.next";
        int n = ids.length;
        double[] expected = file.tensor(name, n - 1).toDoubles();
        long[] next = Arrays.stream(ids, 1, n).asLongStream().toArray();
        double[] actual = trace.logits()
                .select(0, 0)
                .slice(0, 0, n - 1L)
                .logSoftmax(-1)
                .gather(-1, Tensor.of(next, n - 1, 1))
                .toDoubles();
        Gap gap = Gap.NONE;
        for (int pos = 0; pos < expected.length; pos++) {
            double error = Math.abs(actual[pos] - expected[pos]) / Math.max(1, Math.abs(expected[pos]));
            gap = gap.or(new Gap(error, "position " + pos));
        }
        findings.add(Finding.atMost(NAME, name, gap, Check.AGREES, "|a-b| / max(1, |b|), nats"));
    }

    /// Each greedy token against the argmax behind the reference's own tokens before it.
    private void greedy(String name, Supplier<int[]> start) {
        if (!file.has(name)) {
            return;
        }
        int[] tokens = file.whole(name, null, -1);
        int[] before = start.get();
        int[] ids =
                IntStream.concat(Arrays.stream(before), Arrays.stream(tokens)).toArray();
        Gap gap = Gap.NONE;
        int others = 0;
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), List.of())) {
            for (int i = 0; i < tokens.length; i++) {
                Tensor logits = trace.logits().select(0, 0).select(0, before.length - 1L + i);
                double margin = logits.max(0, false).item()
                        - logits.select(0, tokens[i]).item();
                if (margin != 0) {
                    others++;
                    gap = gap.or(new Gap(margin, "token " + i));
                }
            }
        }
        String note = "how far the token's logit is below the largest, nats; " + others + " of " + tokens.length
                + " tokens differ";
        findings.add(Finding.atMost(NAME, name, gap, Check.AGREES, note));
    }

    private void agrees(String name, Gap gap) {
        findings.add(new Finding(
                NAME, name, gap.worst(), gap.at(), Bound.AT_MOST, Check.AGREES, gap.worst() <= Check.AGREES, RELATIVE));
    }
}
