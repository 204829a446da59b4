package cutaway.studies;

import cutaway.features.store.Texts;
import cutaway.lab.Lab;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// One run of a study: its size, seeds and parameters.
public final class StudyRun {

    private final Size size;
    private final int seeds;
    private final Map<String, Double> values = new LinkedHashMap<>();
    private final Host host;
    private final Optional<Texts> text;

    /// What a study asks of whoever runs it.
    public interface Host {

        /// Says nothing, and has no model.
        Host QUIET = new Host() {
            @Override
            public void tell(String what, double done) {}

            @Override
            public Model model() {
                throw new IllegalStateException("no model to study");
            }
        };

        /// Is told what is being done.
        ///
        /// @param done of the whole, 0 to 1
        void tell(String what, double done);

        /// The language model to study, opened when it is first asked for; it stays the host's.
        Model model();

        /// Whether [#model] is on this machine already, so that nothing is fetched for it.
        default boolean hasModel() {
            return false;
        }

        /// Another model, by its name on the hub, where it is on this machine already; empty where it is not.
        default Optional<Path> modelHere(String name) {
            return Optional.empty();
        }

        /// The text to study, where the user gave one.
        default Optional<Path> text() {
            return Optional.empty();
        }

        /// Where small models are trained, each once.
        default Lab lab() {
            return Lab.usual();
        }
    }

    /// @param seeds how many
    /// @param given values of some parameters, by name
    /// @throws BadInputException when a parameter is given that the study does not have, or a value that it cannot
    ///     have, or there is no text where one is said to be
    public StudyRun(Study study, Size size, int seeds, Map<String, Double> given, Host host) {
        this.size = size;
        this.seeds = seeds;
        this.host = host;
        text = study.text().isEmpty() ? Optional.empty() : host.text().map(StudyRun::text);
        if (seeds < 1) {
            throw new BadInputException(seeds + " seeds; give at least 1.");
        }
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        study.parameters().forEach(parameter -> {
            parameters.put(parameter.name(), parameter);
            values.put(parameter.name(), of(parameter, size));
        });
        given.forEach((name, value) -> {
            Parameter parameter = parameters.get(name);
            if (parameter == null) {
                throw new BadInputException("the study " + study.card().id() + " has no parameter \"" + name + "\"; "
                        + (values.isEmpty() ? "it has none." : "it has: " + String.join(", ", values.keySet()) + "."));
            }
            parameter.check(value);
            values.put(name, value);
        });
    }

    private static Texts text(Path place) {
        return Texts.of(List.of(place), "text");
    }

    private static double of(Parameter parameter, Size size) {
        @Nullable Double value = parameter.values().get(size);
        if (value == null) {
            throw new IllegalArgumentException("no value of " + parameter.name() + " for " + size);
        }
        return value;
    }

    public Size size() {
        return size;
    }

    public boolean isQuick() {
        return size == Size.QUICK;
    }

    /// The seeds, from 0 on.
    public LongStream seeds() {
        return LongStream.range(0, seeds);
    }

    public int seedCount() {
        return seeds;
    }

    /// All parameters with their values, in the study's order.
    public Map<String, Double> values() {
        return Collections.unmodifiableMap(values);
    }

    public double real(String name) {
        @Nullable Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return value;
    }

    /// @throws BadInputException when a parameter is above another one
    public void checkAtMost(String name, String bound) {
        if (real(name) > real(bound)) {
            throw new BadInputException("the parameter %s is %s and %s is %s; expected a %s of at most the %s."
                    .formatted(name, count(name), bound, count(bound), name, bound));
        }
    }

    /// @throws BadInputException when it is no whole number, or below 1
    public int count(String name) {
        double value = real(name);
        if (value != Math.rint(value) || value < 1 || value > Integer.MAX_VALUE) {
            throw new BadInputException(
                    "the parameter " + name + " is " + value + "; expected a whole number from 1 on.");
        }
        return (int) value;
    }

    /// What is measured for one seed.
    public interface OfSeed<T> {
        T measure(long seed);
    }

    /// The same for every seed, with progress.
    public <T> List<T> each(String what, OfSeed<T> ofSeed) {
        return IntStream.range(0, seeds)
                .mapToObj(seed -> {
                    progress(what + ", seed " + seed, (double) seed / seeds);
                    return ofSeed.measure(seed);
                })
                .collect(Collectors.toList());
    }

    /// Says what is being done.
    ///
    /// @param done of the whole, 0 to 1
    public void progress(String what, double done) {
        host.tell(what, done);
    }

    /// The language model to study; it stays the host's.
    public Model model() {
        return host.model();
    }

    /// The language model to study where it is on this machine already; it stays the host's.
    public Optional<Model> modelIfHere() {
        return host.hasModel() ? Optional.of(host.model()) : Optional.empty();
    }

    /// Opens another model where it is on this machine already; to be closed by the caller.
    ///
    /// @param names on the hub, of which the first that is here is taken
    public Optional<Model> modelIfHere(List<String> names) {
        return names.stream()
                .flatMap(name -> host.modelHere(name).stream())
                .findFirst()
                .map(Model::open);
    }

    /// The text to study; empty where none was given, or the study takes none.
    public Optional<Texts> text() {
        return text;
    }

    /// Trains a small model, or finds it where it was trained before or where it comes with Cutaway; to be closed by
    /// the caller.
    ///
    /// @param what it is called in what is told of it
    public Trained train(String what, Recipe recipe) {
        Shipped.provide(host.lab(), recipe);
        return host.lab()
                .train(
                        recipe,
                        new Lab.Listener(
                                _ -> {},
                                point -> progress("training " + what, (double) point.step() / recipe.steps())));
    }
}
