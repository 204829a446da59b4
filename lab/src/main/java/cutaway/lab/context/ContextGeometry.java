package cutaway.lab.context;

import cutaway.interp.geometry.Breakpoint;
import cutaway.interp.geometry.DirichletEnergy;
import cutaway.interp.geometry.Graph;
import cutaway.interp.geometry.GraphMatch;
import cutaway.interp.geometry.NodeStates;
import cutaway.interp.geometry.PrincipalComponents;
import cutaway.interp.geometry.Procrustes;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a model makes of a graph that only its context tells of: walks are run through it, and the same walks out
/// of order, which no graph is in. At each layer and each length of context, the states at which the model reads a
/// word, over the last tokens of the context, are averaged by word.
///
/// Walks are gathered in two halves, so that what is chosen on one (a layer, say) can be measured on the other. It
/// holds no native memory.
public final class ContextGeometry {

    /// @param walks how many contexts, at least 2
    /// @param lengths of the context, in words, ascending; the last is what is run
    /// @param layers whose residual stream is read, after the block
    /// @param window how many words at the end of a context count
    /// @param steps back whose echo can be taken out
    /// @param seed of the walks
    public record Settings(int walks, List<Integer> lengths, List<Integer> layers, int window, int steps, long seed) {

        public Settings {
            lengths = List.copyOf(lengths);
            layers = List.copyOf(layers);
            if (walks < 2 || window < 2 || steps < 1 || layers.isEmpty() || lengths.isEmpty()) {
                throw new BadInputException(walks + " walks with a window of " + window
                        + " words; expected at least 2 walks, 2 words, and a layer and a length.");
            }
            for (int i = 0; i < lengths.size(); i++) {
                if (lengths.get(i) < 10 || (i > 0 && lengths.get(i) <= lengths.get(i - 1))) {
                    throw new BadInputException(
                            "lengths of context are " + lengths + "; expected ascending numbers from 10 on.");
                }
            }
        }
    }

    /// Whose states are looked at.
    public enum Half {
        FIRST,
        SECOND,
        BOTH
    }

    /// @param layer of the residual stream, after the block
    /// @param length of the context in words
    /// @param energy over permuted nodes: 1 is chance ([DirichletEnergy])
    /// @param chance the share of permutations that are as low
    /// @param withoutEcho the energy once the echo of the word before is taken out
    /// @param shuffled the energy in walks out of order
    /// @param spearman of steps on the graph with distances in two principal components; NaN where a node is
    ///     missing
    /// @param angle the smaller one between these components and the two smoothest functions on the graph,
    ///     degrees; NaN where a node is missing
    public record Row(
            int layer,
            int length,
            double energy,
            double chance,
            double withoutEcho,
            double shuffled,
            double spearman,
            double angle) {}

    /// Where a layer's energy bends as the context grows, on a line over log words ([Breakpoint]).
    ///
    /// @param words of context at the bend
    /// @param before slope up to there, energy by factor e of words
    /// @param after slope from there on
    /// @param gain how much of the straight line's squared error the bend spares, 0 to 1
    public record Bend(int layer, double words, double before, double after, double gain) {}

    /// Where words stand at a length, in the first two principal components that a layer's mean states have at the
    /// longest one.
    ///
    /// @param places of each word, in order: two numbers; none where no walk stood on it
    public record Picture(int layer, int length, List<List<Double>> places) {}

    /// So many lengths are needed for a bend: a line with one has four numbers.
    private static final int BENDING = 5;

    private static final int PLANE = 2;

    private static final int MASS_PLACES = 20;

    private final WordGraph words;
    private final Settings settings;
    private final List<States> walks; // by half
    private final List<States> shuffled;

    /// Of one half of the walks.
    private static final class States {
        private final List<List<NodeStates>> states = new ArrayList<>(); // [length][layer]
        private final double[] mass;
        private int contexts;

        States(WordGraph words, Settings settings) {
            mass = new double[settings.lengths.size()];
            settings.lengths.forEach(_ -> states.add(settings.layers.stream()
                    .map(_ -> new NodeStates(words.graph().nodes(), settings.steps))
                    .toList()));
        }
    }

    private ContextGeometry(WordGraph words, Settings settings) {
        this.words = words;
        this.settings = settings;
        this.walks = halves();
        this.shuffled = halves();
    }

    private List<States> halves() {
        return List.of(new States(words, settings), new States(words, settings));
    }

    /// Is told what part of the walks is done.
    public interface Progress {
        void tell(double done);
    }

    /// @throws BadInputException when the model has no such layer, or its context is shorter than the walks
    public static ContextGeometry of(Model model, WordGraph words, Settings settings, Progress progress) {
        settings.layers.stream()
                .filter(layer -> layer < 0 || layer >= model.sizes().layers())
                .findFirst()
                .ifPresent(layer -> {
                    throw new BadInputException("no layer " + layer + "; this model has layers 0 to "
                            + (model.sizes().layers() - 1) + ".");
                });
        ContextGeometry geometry = new ContextGeometry(words, settings);
        int length = settings.lengths.getLast();
        for (int i = 0; i < settings.walks; i++) {
            int[] walk = words.walk(length, settings.seed * 7919 + i);
            progress.tell((double) i / settings.walks);
            geometry.add(model, walk, geometry.walks.get(i % 2));
            progress.tell((i + 0.5) / settings.walks);
            geometry.add(model, WordGraph.shuffled(walk, settings.seed * 7919 + i), geometry.shuffled.get(i % 2));
        }
        return geometry;
    }

    private void add(Model model, int[] walk, States to) {
        List<Integer> before = model.hasTokenizer() ? model.tokenizer().before() : List.of();
        Batch batch = Batch.of(words.context(walk, before));
        model.check(batch);
        int first = before.size();
        try (Scope _ = Scope.open()) {
            Tap tap = (Point point, Tensor value) -> {
                int layer = point.kind() == Kind.RESID_POST ? settings.layers.indexOf(point.layer()) : -1;
                if (layer >= 0) {
                    add(walk, layer, value, first, to);
                }
                return value;
            };
            Tensor residual = model.residual(batch, tap);
            for (int at = 0; at < settings.lengths.size(); at++) {
                int end = settings.lengths.get(at);
                int from = Math.max(0, end - MASS_PLACES);
                to.mass[at] += Scope.free(() -> mass(
                        model.transformer()
                                .unembed(residual.slice(1, first + from, first + end), Tap.NONE)
                                .squeeze(0)
                                .softmax(-1),
                        walk,
                        from));
            }
        }
        to.contexts++;
    }

    private void add(int[] walk, int layer, Tensor value, int first, States to) {
        try (Scope _ = Scope.open()) {
            Tensor states = value.squeeze(0).slice(0, first, (long) first + walk.length);
            for (int at = 0; at < settings.lengths.size(); at++) {
                int end = settings.lengths.get(at);
                to.states.get(at).get(layer).add(walk, states, Math.max(0, end - settings.window), end);
            }
        }
    }

    /// The mean probability of the neighbours, all together.
    ///
    /// @param next `[place, vocab]`
    private double mass(Tensor next, int[] walk, int from) {
        int[] tokens = words.tokens();
        Tensor nodes =
                next.gatherRows(1, Tensor.of(IntStream.of(tokens).asLongStream().toArray(), tokens.length));
        double[] each = nodes.toDoubles();
        int places = Math.toIntExact(next.dim(0));
        double sum = 0;
        for (int place = 0; place < places; place++) {
            for (int neighbour : words.graph().neighbours().get(walk[from + place])) {
                sum += each[place * tokens.length + neighbour];
            }
        }
        return sum / places;
    }

    public WordGraph words() {
        return words;
    }

    public Settings settings() {
        return settings;
    }

    private NodeStates of(List<States> halves, int layer, int length, Half half) {
        int at = settings.lengths.indexOf(length);
        int place = settings.layers.indexOf(layer);
        if (at < 0 || place < 0) {
            throw new IllegalArgumentException("layer " + layer + " at " + length + " words was not read");
        }
        NodeStates first = halves.get(0).states.get(at).get(place);
        NodeStates second = halves.get(1).states.get(at).get(place);
        return switch (half) {
            case FIRST -> first;
            case SECOND -> second;
            case BOTH -> first.plus(second);
        };
    }

    /// The mean state of each word.
    public NodeStates states(int layer, int length, Half half) {
        return of(walks, layer, length, half);
    }

    /// The same in walks out of order.
    public NodeStates shuffledStates(int layer, int length, Half half) {
        return of(shuffled, layer, length, half);
    }

    /// The energy of the states on any graph of the same words.
    public double energy(int layer, int length, Half half, Graph graph) {
        return Scope.free(() ->
                DirichletEnergy.of(states(layer, length, half).means(), graph).ratio());
    }

    /// Once the echo of some words before is taken out, by what walks out of order say of it.
    ///
    /// @param steps back
    public double withoutEcho(int layer, int length, Half half, int steps) {
        return Scope.free(() -> DirichletEnergy.of(
                        states(layer, length, half).withoutEcho(shuffledStates(layer, length, half), steps),
                        words.graph())
                .ratio());
    }

    /// All that is measured of a layer at a length.
    public Row row(int layer, int length, Half half) {
        return Scope.free(() -> {
            Tensor means = states(layer, length, half).means();
            DirichletEnergy energy = DirichletEnergy.of(means, words.graph());
            GraphMatch match = GraphMatch.of(means, words.graph());
            return new Row(
                    layer,
                    length,
                    energy.ratio(),
                    energy.chance(),
                    withoutEcho(layer, length, half, 1),
                    DirichletEnergy.of(shuffledStates(layer, length, half).means(), words.graph())
                            .ratio(),
                    match.spearman(),
                    Math.toDegrees(match.angles()[0]));
        });
    }

    /// Every layer at every length.
    public List<Row> rows(Half half) {
        return settings.layers.stream()
                .flatMap(layer -> settings.lengths.stream().map(length -> row(layer, length, half)))
                .toList();
    }

    /// Where the energy of a layer bends; none where fewer than 5 lengths were read.
    public Optional<Bend> bend(int layer, Half half) {
        if (settings.lengths.size() < BENDING) {
            return Optional.empty();
        }
        Breakpoint found = Breakpoint.of(
                settings.lengths.stream().mapToDouble(Math::log).toArray(),
                settings.lengths.stream()
                        .mapToDouble(length -> energy(layer, length, half, words.graph()))
                        .toArray());
        return Optional.of(new Bend(layer, Math.exp(found.at()), found.before(), found.after(), found.gain()));
    }

    /// Where words stand at every length.
    public List<Picture> pictures(int layer, Half half) {
        return Scope.free(() -> {
            PrincipalComponents plane = PrincipalComponents.of(visited(layer, settings.lengths.getLast(), half), PLANE);
            return settings.lengths.stream()
                    .map(length -> new Picture(layer, length, places(plane, layer, length, half)))
                    .toList();
        });
    }

    /// Where words stand at every length in the first two principal components of that length's own states,
    /// turned as a whole, with a reflection where that helps, so that each lies nearest the next longer one
    /// ([Procrustes]); nowhere where walks stood on fewer than three words.
    public List<Picture> ownPictures(int layer, Half half) {
        return Scope.free(() -> {
            List<Picture> pictures = new ArrayList<>();
            for (int length : settings.lengths.reversed()) {
                Picture own = ownPicture(layer, length, half);
                pictures.addFirst(pictures.isEmpty() ? own : turned(own, pictures.getFirst()));
            }
            return pictures;
        });
    }

    private Picture ownPicture(int layer, int length, Half half) {
        Tensor visited = visited(layer, length, half);
        return visited.dim(0) <= PLANE
                ? new Picture(
                        layer,
                        length,
                        words.words().stream().map(_ -> List.<Double>of()).toList())
                : new Picture(layer, length, places(PrincipalComponents.of(visited, PLANE), layer, length, half));
    }

    /// By the words that stand in both.
    private static Picture turned(Picture picture, Picture onto) {
        List<Integer> both = IntStream.range(0, picture.places.size())
                .filter(word -> !picture.places.get(word).isEmpty()
                        && !onto.places.get(word).isEmpty())
                .boxed()
                .toList();
        if (both.size() <= PLANE) {
            return picture;
        }
        double[] rotation = Scope.free(() ->
                Procrustes.of(rows(picture, both), rows(onto, both)).rotation().toDoubles());
        return new Picture(
                picture.layer,
                picture.length,
                picture.places.stream()
                        .map(place -> place.isEmpty()
                                ? place
                                : List.of(
                                        place.get(0) * rotation[0] + place.get(1) * rotation[PLANE],
                                        place.get(0) * rotation[1] + place.get(1) * rotation[PLANE + 1]))
                        .toList());
    }

    private static Tensor rows(Picture picture, List<Integer> of) {
        double[] rows = of.stream()
                .flatMap(word -> picture.places.get(word).stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        return Tensor.of(rows, of.size(), PLANE);
    }

    /// The mean states of the words that walks stood on, `[word, d]`.
    private Tensor visited(int layer, int length, Half half) {
        NodeStates states = states(layer, length, half);
        double[] visits = states.visits();
        long[] there = IntStream.range(0, visits.length)
                .filter(node -> visits[node] > 0)
                .asLongStream()
                .toArray();
        return states.means().gatherRows(0, Tensor.of(there, there.length));
    }

    private List<List<Double>> places(PrincipalComponents plane, int layer, int length, Half half) {
        double[] visits = states(layer, length, half).visits();
        double[] codes = plane.codes(visited(layer, length, half)).toDoubles();
        List<List<Double>> places = new ArrayList<>();
        int row = 0;
        for (double visit : visits) {
            if (visit > 0) {
                int from = plane.count() * row++;
                places.add(
                        Arrays.stream(codes, from, from + plane.count()).boxed().toList());
            } else {
                places.add(List.of());
            }
        }
        return places;
    }

    /// The probability that the model gives to the neighbours of the word that it reads, all together, over the
    /// last words of a length.
    public double neighbourMass(int length) {
        return mass(walks, length);
    }

    /// The same in walks out of order.
    public double shuffledMass(int length) {
        return mass(shuffled, length);
    }

    private double mass(List<States> halves, int length) {
        int at = settings.lengths.indexOf(length);
        return halves.stream().mapToDouble(half -> half.mass[at]).sum()
                / halves.stream().mapToInt(half -> half.contexts).sum();
    }
}
