package cutaway.server.model;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explainer;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Explanation.Token;
import cutaway.interp.explain.FirstLook;
import cutaway.interp.heads.HeadKinds;
import cutaway.interp.heads.HeadScores;
import cutaway.interp.intervention.Intervention;
import cutaway.model.Model;
import cutaway.model.Sizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A model that is open, with what was found out about it and is asked for again: the kinds of its heads, the last
/// lenses that were read, and the last runs that a reader intervenes in.
///
/// Not for two threads at once: whoever uses it has the turn ([Turns]).
public final class OpenModel implements Explainer.Known {

    /// Runs that are kept; each holds the residual stream, keys and values of its prompt, and up to 100 MB of what its
    /// blocks compute.
    private static final int RUNS = 4;

    /// Lenses that are kept: of 14 tokens some KB each, of 2,000 a MB.
    private static final int LENSES = 16;

    private record Run(Source base, Metric metric) {}

    private record Looked(List<Integer> ids, int answer) {}

    private final Model model;
    private final ModelFacts facts;
    private final long bytes;
    private final Map<Run, Intervention> runs = new LinkedHashMap<>();
    private final Map<Looked, LogitLens> lenses = new LinkedHashMap<>();
    private @Nullable HeadKinds kinds;
    private int users;

    OpenModel(String name, Model model, long bytes) {
        this.model = model;
        this.bytes = bytes;
        Sizes sizes = model.sizes();
        this.facts = new ModelFacts(
                name, model.sha256(), model.family(), sizes.layers(), sizes.heads(), sizes.dModel(), "cpu", "float32");
    }

    public Model model() {
        return model;
    }

    /// What a record says of it.
    public ModelFacts facts() {
        return facts;
    }

    /// Native memory that its weights take.
    public long bytes() {
        return bytes;
    }

    /// The kinds of its heads, measured once, with seed 0.
    ///
    /// @param progress told how many layers are read
    public HeadKinds kinds(IntConsumer progress) {
        HeadKinds known = kinds;
        if (known == null) {
            known = HeadScores.measure(model, 0, progress);
            kinds = known;
        }
        return known;
    }

    @Override
    public Optional<HeadKinds> kinds(long seed, IntConsumer progress) {
        return seed == 0 ? Optional.of(kinds(progress)) : Optional.empty();
    }

    /// Keeps what a first look read: an explanation of the same answer needs it again.
    public void looked(FirstLook look) {
        List<Integer> ids = look.prompt().tokens().stream().map(Token::id).toList();
        lenses.put(new Looked(ids, look.answer()), look.lens());
        if (lenses.size() > LENSES) {
            lenses.remove(lenses.keySet().iterator().next());
        }
    }

    @Override
    public Optional<LogitLens> lens(int[] ids, int answer) {
        return Optional.ofNullable(
                lenses.get(new Looked(IntStream.of(ids).boxed().toList(), answer)));
    }

    /// Makes a run, and another that edits will take values from, before a reader asks about them.
    public void ready(Source base, Metric metric, Source other) {
        intervene(base, metric, run -> {
            run.ready(List.of(other));
            return other;
        });
    }

    /// Intervenes in a run, which is kept for the next question. Nobody else has it meanwhile, so that who intervenes
    /// may let others go first.
    public <T> T intervene(Source base, Metric metric, Function<Intervention, T> use) {
        Run asked = new Run(base, metric);
        Intervention kept = runs.remove(asked);
        makeRoom();
        Intervention run = kept == null ? new Intervention(model, base, metric) : kept;
        try {
            return use.apply(run);
        } finally {
            keep(asked, run);
        }
    }

    /// The last one asked for stands at the end.
    private void keep(Run asked, Intervention run) {
        Intervention meanwhile = runs.remove(asked);
        if (meanwhile != null) {
            meanwhile.close();
        }
        makeRoom();
        runs.put(asked, run);
    }

    /// For one more.
    private void makeRoom() {
        while (runs.size() >= RUNS) {
            var oldest = runs.entrySet().iterator();
            oldest.next().getValue().close();
            oldest.remove();
        }
    }

    void join() {
        users++;
    }

    void leave() {
        users--;
    }

    boolean isIdle() {
        return users == 0;
    }

    void close() {
        runs.values().forEach(Intervention::close);
        runs.clear();
        model.close();
    }
}
