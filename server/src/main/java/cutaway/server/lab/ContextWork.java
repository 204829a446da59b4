package cutaway.server.lab;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.geometry.Graph;
import cutaway.lab.context.ContextGeometry;
import cutaway.lab.context.ContextGeometry.Half;
import cutaway.lab.context.ContextGeometry.Picture;
import cutaway.lab.context.ContextGeometry.Row;
import cutaway.lab.context.ContextGeometry.Settings;
import cutaway.lab.context.WordGraph;
import cutaway.model.Model;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Shell;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A graph that only a context tells of, and where a model's states of its words stand as the context grows,
/// as a job ([ContextGeometry]).
public final class ContextWork implements Work<ContextWork.ContextAsked, ContextWork.ContextGrown> {

    private static final Kind<ContextAsked, ContextGrown> KIND =
            new Kind<>("context", "a graph's words as the context grows", ContextAsked.class, ContextGrown.class);

    /// Never a file: a page must not open any.
    private static final Pattern GRAPH = Pattern.compile("grid:[1-9]x[1-9]|ring:\\d{1,2}(/\\d{1,2})?");

    private static final List<Integer> LENGTHS = List.of(20, 35, 50, 70, 100, 140, 200, 280, 400, 560, 800, 1100);
    private static final int SHORTEST = 50;
    private static final int LONGEST = 1500;
    private static final int WINDOW = 100;
    private static final int USUAL_WALKS = 4;
    private static final int MOST_WALKS = 20;

    /// Of all walks together, and as many out of order: minutes on a small model.
    private static final int MOST_WORDS = 8_000;

    /// Layers of a small model are all read.
    private static final int FEW_LAYERS = 12;

    private final OpenModels models;

    public ContextWork(OpenModels models) {
        this.models = models;
    }

    /// @param model its name; empty for the usual one
    /// @param graph `grid:ROWSxCOLUMNS`, `ring:N` or `ring:N/STRIDE`
    /// @param longest words of the longest context
    /// @param walks contexts, each also run out of order; 4 where nobody says
    public record ContextAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String graph,
            @JsonProperty(required = true) int longest,
            @MayBeLeftOut int walks,
            @MayBeLeftOut long seed) {}

    /// A layer at a length of context.
    ///
    /// @param energy over permuted words: 1 is chance
    /// @param chance the share of permutations that are as low
    /// @param withoutEcho the energy once the echo of the word before is taken out
    /// @param shuffled the energy in walks out of order
    /// @param spearman of steps on the graph with distances in the length's own two components; left out where a
    ///     word is missing
    /// @param places of each word in the two components of the longest context; none where no walk stood on it
    /// @param ownPlaces in this length's own two, turned onto the next longer's
    public record ContextMoment(
            int layer,
            int length,
            double energy,
            double chance,
            double withoutEcho,
            double shuffled,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double spearman,

            List<List<Double>> places,
            List<List<Double>> ownPlaces) {}

    /// What the model says of a length.
    ///
    /// @param neighbours probability of all neighbours of the word that is read, together
    /// @param shuffled the same in walks out of order
    public record NeighbourMass(int length, double neighbours, double shuffled) {}

    /// An edge, by the numbers of its words.
    public record WordEdge(int from, int to) {}

    /// @param window words at the end of a context whose states are averaged
    /// @param moments by layer, then by length
    /// @param command that measures the same
    public record ContextGrown(
            ModelFacts model,
            String graph,
            List<String> words,
            List<WordEdge> edges,
            int walks,
            int window,
            List<Integer> lengths,
            List<Integer> layers,
            List<NeighbourMass> mass,
            List<ContextMoment> moments,
            String command) {}

    @Override
    public Kind<ContextAsked, ContextGrown> kind() {
        return KIND;
    }

    @Override
    public void check(ContextAsked asked) {
        if (!GRAPH.matcher(asked.graph).matches()) {
            throw new Refusal(
                    400,
                    "the graph is \"" + asked.graph
                            + "\"; give grid:ROWSxCOLUMNS, ring:N or ring:N/STRIDE, such as grid:4x4. Other graphs:"
                            + " cutaway geometry energy.");
        }
        int walks = walks(asked);
        if (walks < 2 || walks > MOST_WALKS) {
            throw new Refusal(400, "walks is " + walks + "; give 2 to " + MOST_WALKS + ".");
        }
        if (asked.longest < SHORTEST || asked.longest > LONGEST) {
            throw new Refusal(
                    400,
                    "the longest context is " + asked.longest + " words; give " + SHORTEST + " to " + LONGEST + ".");
        }
        if (walks * asked.longest > MOST_WORDS) {
            throw new Refusal(
                    413,
                    String.format(
                            Locale.ROOT,
                            "%d walks of %,d words; at most %,d words are taken together: give fewer walks or a shorter"
                                    + " context, or ask cutaway geometry energy.",
                            walks,
                            asked.longest,
                            MOST_WORDS));
        }
        try (OpenModels.Lease lease = models.use(asked.model)) {
            Model model = lease.model().model();
            words(asked, model);
            int context = model.sizes().context() - model.tokenizer().before().size();
            if (asked.longest > context) {
                throw new Refusal(
                        400,
                        "the longest context is " + asked.longest + " words, a token each; this model takes " + context
                                + ".");
            }
        }
    }

    private static int walks(ContextAsked asked) {
        return asked.walks == 0 ? USUAL_WALKS : asked.walks;
    }

    private static WordGraph words(ContextAsked asked, Model model) {
        return WordGraph.parse(asked.graph, List.of(), model.tokenizer(), asked.seed);
    }

    private static List<Integer> lengths(int longest) {
        return Stream.concat(LENGTHS.stream().filter(length -> length < longest), Stream.of(longest))
                .toList();
    }

    private static List<Integer> layers(int layers) {
        return IntStream.range(0, layers)
                .filter(layer -> layers <= FEW_LAYERS || (layers - 1 - layer) % 3 == 0)
                .boxed()
                .toList();
    }

    @Override
    public ContextGrown run(ContextAsked asked, Told told) {
        try (OpenModels.Lease lease = models.use(asked.model)) {
            OpenModel open = lease.model();
            WordGraph words = words(asked, open.model());
            Settings settings = new Settings(
                    walks(asked),
                    lengths(asked.longest),
                    layers(open.model().sizes().layers()),
                    WINDOW,
                    1,
                    asked.seed);
            ContextGeometry found = ContextGeometry.of(
                    open.model(),
                    words,
                    settings,
                    done -> told.at("walks through the model", String.format(Locale.ROOT, "%.0f %%", 100 * done)));
            return new ContextGrown(
                    open.facts(),
                    words.name(),
                    words.words(),
                    words.graph().edges().stream().map(ContextWork::edge).toList(),
                    settings.walks(),
                    WINDOW,
                    settings.lengths(),
                    settings.layers(),
                    settings.lengths().stream()
                            .map(length ->
                                    new NeighbourMass(length, found.neighbourMass(length), found.shuffledMass(length)))
                            .toList(),
                    moments(found, told),
                    command(asked, settings, models.usual()));
        }
    }

    private static WordEdge edge(Graph.Edge edge) {
        return new WordEdge(edge.a(), edge.b());
    }

    /// All that is measured, by layer, then by length.
    static List<ContextMoment> moments(ContextGeometry found, Told told) {
        List<ContextMoment> moments = new ArrayList<>();
        List<Integer> layers = found.settings().layers();
        for (int layer : layers) {
            told.at("energies", "layer " + layer + " of " + layers.getLast());
            List<Picture> pictures = found.pictures(layer, Half.BOTH);
            List<Picture> own = found.ownPictures(layer, Half.BOTH);
            for (int at = 0; at < pictures.size(); at++) {
                Row row = found.row(layer, found.settings().lengths().get(at), Half.BOTH);
                moments.add(new ContextMoment(
                        layer,
                        row.length(),
                        row.energy(),
                        row.chance(),
                        row.withoutEcho(),
                        row.shuffled(),
                        Double.isNaN(row.spearman()) ? null : row.spearman(),
                        pictures.get(at).places(),
                        own.get(at).places()));
            }
        }
        return moments;
    }

    private static String command(ContextAsked asked, Settings settings, String usual) {
        return "./cutaway geometry energy --graph " + asked.graph + " --walks " + settings.walks() + " --lengths "
                + commas(settings.lengths()) + " --layers " + commas(settings.layers())
                + (asked.seed == 0 ? "" : " --seed " + asked.seed)
                + (asked.model == null || asked.model.isEmpty() || asked.model.equals(usual)
                        ? ""
                        : " --model " + Shell.quoted(asked.model));
    }

    private static String commas(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
