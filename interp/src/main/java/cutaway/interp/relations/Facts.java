package cutaway.interp.relations;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.relations.Relation.Prompt;
import cutaway.interp.relations.Relation.Sample;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// What a model holds in the prompts of a relation: of each fact the subject's states, what the residual stream ends
/// with, and the likeliest next token.
///
/// @param shown facts that stand before each prompt
/// @param layers after whose blocks states are held
/// @param states by layer, then by fact, `[d]`
/// @param ends by fact, `[d]`
/// @param tops by fact: the likeliest next token
public record Facts(
        Relation relation,
        List<Sample> shown,
        List<Sample> samples,
        List<Prompt> prompts,
        List<Integer> layers,
        float[][][] states,
        float[][] ends,
        int[] tops) {

    /// Facts beside the examples, at least.
    private static final int ASKED = 4;

    /// The share of facts that the model knows.
    public double accuracy() {
        return (double) known().count() / count();
    }

    /// Asks a model all facts but the examples.
    ///
    /// @throws BadInputException when there are too few
    public static Facts of(Model model, Relation relation, RelationSettings settings) {
        List<Sample> drawn = new ArrayList<>(relation.samples());
        Collections.shuffle(drawn, java.util.Random.from(new Random(settings.seed()).generator()));
        int examples = settings.examples();
        if (drawn.size() < examples + ASKED) {
            throw new BadInputException("the relation \"%s\" has %d facts; %d examples need at least %d."
                    .formatted(relation.name(), drawn.size(), examples, examples + ASKED));
        }
        List<Sample> shown = drawn.subList(0, examples);
        List<Sample> asked = drawn.subList(examples, drawn.size());
        List<Integer> layers = settings.layers();
        List<Prompt> prompts = asked.stream()
                .map(sample -> relation.prompt(model, sample, shown))
                .toList();
        List<Site> sites = new ArrayList<>();
        layers.forEach(layer -> sites.add(after(layer)));
        Site last = after(model.sizes().layers() - 1);
        sites.add(last);
        float[][][] states = new float[layers.size()][asked.size()][];
        float[][] ends = new float[asked.size()][];
        int[] tops = new int[asked.size()];
        for (int i = 0; i < prompts.size(); i++) {
            Prompt prompt = prompts.get(i);
            int fact = i;
            try (Trace trace = Runs.toLast(model, Source.of(prompt.ids(), List.of()), sites)) {
                for (int layer = 0; layer < layers.size(); layer++) {
                    states[layer][fact] = at(trace, sites.get(layer), prompt.subjectEnd());
                }
                ends[fact] = at(trace, last, prompt.ids().length - 1);
                tops[fact] = top(trace);
            }
        }
        return new Facts(relation, shown, asked, prompts, layers, states, ends, tops);
    }

    static Site after(int layer) {
        return new Site.Resid(layer, Moment.POST);
    }

    static float[] at(Trace trace, Site site, int position) {
        return Scope.free(() ->
                trace.at(site).select(0, 0).select(0, position).to(Dtype.F32).toFloats());
    }

    private static int top(Trace trace) {
        return Scope.free(
                () -> (int) trace.logits().select(0, 0).select(0, 0).argmax(-1).item());
    }

    public int count() {
        return samples.size();
    }

    /// Whether the model's likeliest next token is the object's first.
    boolean isKnown(int fact) {
        return tops[fact] == prompts.get(fact).object();
    }

    /// Those that the model knows.
    Facts known() {
        return chosen(IntStream.range(0, count()).filter(this::isKnown).toArray());
    }

    Facts chosen(int... facts) {
        return new Facts(
                relation,
                shown,
                Arrays.stream(facts).mapToObj(samples::get).toList(),
                Arrays.stream(facts).mapToObj(prompts::get).toList(),
                layers,
                Arrays.stream(states)
                        .map(layer -> Arrays.stream(facts)
                                .mapToObj(fact -> layer[fact])
                                .toArray(float[][]::new))
                        .toArray(float[][][]::new),
                Arrays.stream(facts).mapToObj(fact -> ends[fact]).toArray(float[][]::new),
                Arrays.stream(facts).map(fact -> tops[fact]).toArray());
    }

    /// `[fact, d]`, float32, in the scope that is open
    Tensor states(int layer) {
        return matrix(states[layers.indexOf(layer)]);
    }

    private static Tensor matrix(float[][] rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, all, row * rows[0].length, rows[0].length);
        }
        return Tensor.of(all, rows.length, rows[0].length);
    }

    /// The share of facts whose likeliest token a prediction of the end gives too.
    ///
    /// @param predicted `[fact, d]`
    double faithfulness(Model model, Tensor predicted) {
        return Scope.free(() -> {
            Tensor ends = predicted.to(model.transformer().dtype()).unsqueeze(0);
            long[] read = model.transformer()
                    .unembed(ends, Tap.NONE)
                    .select(0, 0)
                    .argmax(-1)
                    .toLongs();
            return (double) IntStream.range(0, tops.length)
                            .filter(i -> read[i] == tops[i])
                            .count()
                    / tops.length;
        });
    }

    /// A fact whose object is to become that of another.
    record Swap(int fact, int other) {}

    /// Each fact with the next one that has another object; none where all have the same.
    List<Swap> swaps() {
        List<Swap> swaps = new ArrayList<>();
        for (int fact = 0; fact < count(); fact++) {
            for (int step = 1; step < count(); step++) {
                int other = (fact + step) % count();
                if (tops[other] != tops[fact]) {
                    swaps.add(new Swap(fact, other));
                    break;
                }
            }
        }
        return swaps;
    }

    /// By how much the end differs.
    double[] change(Swap swap) {
        return difference(ends[swap.other], ends[swap.fact]);
    }

    /// `to - from`
    static double[] difference(float[] to, float[] from) {
        double[] difference = new double[to.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = (double) to[i] - from[i];
        }
        return difference;
    }

    /// Adds a vector to the subject's state after a block.
    static Edit adding(Prompt prompt, int layer, double[] added) {
        return new Edit.Add(after(layer), Positions.of(prompt.subjectEnd()), Values.of(added));
    }

    /// Whether the likeliest token is the other fact's once a vector is added to the subject's state.
    boolean swaps(Model model, Swap swap, int layer, double[] added) {
        Prompt prompt = prompts.get(swap.fact);
        Edit edit = adding(prompt, layer, added);
        try (Trace trace = Runs.toLast(model, Source.of(prompt.ids(), List.of(edit)), List.of())) {
            return top(trace) == tops[swap.other];
        }
    }
}
