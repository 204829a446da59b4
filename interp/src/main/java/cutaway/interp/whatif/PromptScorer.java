package cutaway.interp.whatif;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.prompts.AnswerToken;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.whatif.TokenSaliency.OptionLogit;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Scores a datapoint by running a language model on the prompt that a template makes of it. Edits may steer
/// every run. Prompts of one length run as one batch; a prompt that comes twice runs once.
public final class PromptScorer implements Scorer {

    /// Tokens that run at once.
    private static final int TOKENS = 512;

    private static final int ROWS = 32;

    /// What is read at the end of a prompt: a score for each row.
    private interface Reading {
        double[] of(Trace trace);
    }

    private final Model model;
    private final RowTemplate template;
    private final List<Edit> edits;
    private final List<Site> sites;
    private final Reading reading;
    private final @Nullable Options options;
    private final String about;

    /// Two next tokens; absent for a probe.
    private record Options(String yes, int yesId, String no, int noId) {}

    private PromptScorer(
            Model model,
            RowTemplate template,
            List<Edit> edits,
            List<Site> sites,
            Reading reading,
            @Nullable Options options,
            String about) {
        this.model = model;
        this.options = options;
        this.template = template;
        this.edits = List.copyOf(edits);
        this.sites = sites;
        this.reading = reading;
        this.about =
                about + (edits.isEmpty() ? "" : ", with " + edits.size() + (edits.size() == 1 ? " edit" : " edits"));
    }

    /// The probability of one option against another, right after the prompt: `p(yes) / (p(yes) + p(no))`.
    ///
    /// @param edits done in every run; a steered variant of the model has some
    /// @param yes a token, with its space
    /// @throws BadInputException when an option is not one token of the model, or both are the same
    public static PromptScorer ofOptions(Model model, RowTemplate template, List<Edit> edits, String yes, String no) {
        int yesId = AnswerToken.id(model, yes, "option");
        int noId = AnswerToken.id(model, no, "option");
        if (yesId == noId) {
            throw new BadInputException("both options are \"" + yes + "\"; give two different tokens.");
        }
        Reading reading = trace -> {
            Tensor last = last(trace.logits()); // [batch, vocab]
            double[] a = last.select(1, yesId).to(Dtype.F64).toDoubles();
            double[] b = last.select(1, noId).to(Dtype.F64).toDoubles();
            double[] scores = new double[a.length];
            for (int row = 0; row < a.length; row++) {
                scores[row] = 1 / (1 + Math.exp(b[row] - a[row]));
            }
            return scores;
        };
        return new PromptScorer(
                model,
                template,
                edits,
                List.of(),
                reading,
                new Options(yes, yesId, no, noId),
                "p(\"" + yes + "\") against p(\"" + no + "\")");
    }

    /// What a probe reads in the last token of the prompt: the probability of one of its classes. Of a
    /// linear probe, whose outputs are no logits, the softmax is still taken: it orders datapoints, but is
    /// no probability.
    ///
    /// @param probe stays the caller's
    /// @param positive the class whose probability is the score
    /// @throws BadInputException when the probe has no such class
    public static PromptScorer ofProbe(
            Model model, RowTemplate template, List<Edit> edits, NamedProbe probe, String positive) {
        int index = probe.facts().classes().indexOf(positive);
        if (index < 0) {
            throw new BadInputException("the probe has no class \"" + positive + "\"; it has "
                    + String.join(", ", probe.facts().classes()) + ".");
        }
        Site site = probe.site();
        Reading reading = trace -> probe.probabilities(last(trace.at(site)).to(Dtype.F32))
                .select(1, index)
                .to(Dtype.F64)
                .toDoubles();
        return new PromptScorer(
                model,
                template,
                edits,
                List.of(site),
                reading,
                null,
                "a probe at " + site.text() + ", \"" + positive + "\"");
    }

    /// @param all `[batch, pos, …]`
    private static Tensor last(Tensor all) {
        return all.select(1, all.dim(1) - 1);
    }

    @Override
    public String about() {
        return about;
    }

    /// The prompt of a datapoint.
    public String prompt(List<String> point) {
        return template.filled(point);
    }

    @Override
    public double[] scores(List<List<String>> points, Heard heard) {
        double[] scores = new double[points.size()];
        Map<Integer, Map<String, List<Integer>>> byLength = new TreeMap<>();
        Map<String, int[]> ids = new LinkedHashMap<>();
        for (int i = 0; i < points.size(); i++) {
            String prompt = prompt(points.get(i));
            int length = ids.computeIfAbsent(prompt, text -> model.encode(text).ids()).length;
            byLength.computeIfAbsent(length, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(prompt, _ -> new ArrayList<>())
                    .add(i);
        }
        byLength.forEach((length, prompts) -> {
            List<String> texts = List.copyOf(prompts.keySet());
            int rows = rows(length);
            for (int first = 0; first < texts.size(); first += rows) {
                List<String> some = texts.subList(first, Math.min(texts.size(), first + rows));
                double[] found = scoresOf(some.stream().map(ids::get).toList());
                for (int i = 0; i < found.length; i++) {
                    for (int point : prompts.getOrDefault(some.get(i), Collections.emptyList())) {
                        scores[point] = found[i];
                        heard.score(point, found[i]);
                    }
                }
            }
        });
        return scores;
    }

    Model model() {
        return model;
    }

    List<Edit> edits() {
        return edits;
    }

    /// Prompts of a length that run at once.
    static int rows(int length) {
        return Math.clamp(TOKENS / Math.max(1, length), 1, ROWS);
    }

    /// The score's log odds, nats. Of a probe, whose probability is a float32, it is cut at about 16.
    double margin(double score) {
        double least = options == null ? 1e-7 : 1e-15;
        double cut = Math.clamp(score, least, 1 - least);
        return Math.log(cut) - Math.log1p(-cut);
    }

    /// What the margin is of options; null for a probe.
    Metric.@Nullable LogitDifference metric() {
        return options == null ? null : new Metric.LogitDifference(options.yesId, options.noId);
    }

    /// Logits and probabilities of the options after a prompt; empty for a probe.
    List<OptionLogit> options(int[] prompt) {
        if (options == null) {
            return List.of();
        }
        try (Trace trace = Runs.toLast(model, Batch.of(prompt), edits, List.of());
                Scope _ = Scope.open()) {
            Tensor last = last(trace.logits()).to(Dtype.F64); // [1, vocab]
            double[] logits = last.toDoubles();
            double[] logs = last.logSoftmax(-1).toDoubles();
            return List.of(
                    new OptionLogit(options.yes, logits[options.yesId], Math.exp(logs[options.yesId])),
                    new OptionLogit(options.no, logits[options.noId], Math.exp(logs[options.noId])));
        }
    }

    /// The score of each of some prompts of one length.
    double[] scoresOf(List<int[]> prompts) {
        try (Trace trace = Runs.toLast(model, Batch.of(prompts, Batch.Side.RIGHT), edits, sites);
                Scope _ = Scope.open()) {
            return reading.of(trace);
        }
    }
}
