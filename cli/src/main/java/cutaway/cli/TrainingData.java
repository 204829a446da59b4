package cutaway.cli;

import cutaway.features.store.ActivationStore;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Order;
import cutaway.features.store.StoredType;
import cutaway.features.store.Texts;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.site.Site;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a dictionary is trained on: sites of a store of activations, which is harvested first where a text is given.
final class TrainingData {

    @Option(names = "--activations", paramLabel = "STORE", description = "What cutaway harvest has written.")
    private @Nullable Path activations;

    @Option(
            names = "--text",
            arity = "1..*",
            paramLabel = "TEXT",
            description = "Instead of a store: files and folders of text, whose activations are harvested first, into"
                    + " OUT.training, and taken away at the end.")
    private @Nullable List<Path> texts;

    @Option(names = "--tokens", paramLabel = "N", description = "Of --text: tokens to harvest, at most (default: all).")
    private @Nullable Long tokens;

    @Option(
            names = "--site",
            required = true,
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "SITES",
            description = "What the dictionary reads, and writes where there is no --to.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<String> sites;

    @Option(
            names = "--to",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "SITES",
            description = "What a transcoder writes.")
    private @Nullable List<String> to;

    /// @throws BadInputException when there is not one source of activations
    void check() {
        if ((activations == null) == (texts == null)) {
            throw new BadInputException("give either --activations, a store that cutaway harvest has written, or"
                    + " --text, files to harvest first.");
        }
        if (activations != null && tokens != null) {
            throw new BadInputException("--tokens is of --text; a store has the activations that it has.");
        }
    }

    /// Looks at the sites before any work.
    interface Check {

        /// @param outputs the inputs where there are no others
        void accept(List<Site> inputs, List<Site> outputs);
    }

    /// The store, to be closed.
    ///
    /// @param state the folder in which the run keeps what it needs to go on
    /// @param seed of the order
    ActivationStore open(Path state, long seed, Harvesting harvesting, Check check) {
        if (activations != null) {
            return checked(ActivationStore.open(activations, seed), check);
        }
        Path folder = state.resolve("activations");
        harvesting.run(
                Texts.of(texts == null ? List.of() : texts, "text"),
                sizes -> settings(sizes, seed, check),
                folder,
                Long.MAX_VALUE,
                new HarvestProgress(harvesting.console()));
        return ActivationStore.open(folder, seed);
    }

    private ActivationStore checked(ActivationStore store, Check check) {
        try {
            check.accept(inputs(store), outputs(store));
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private HarvestSettings settings(Sizes sizes, long seed, Check check) {
        List<Site> inputs = Harvesting.sites("--site", sites, sizes);
        List<Site> outputs = to == null ? inputs : Harvesting.sites("--to", to, sizes);
        check.accept(inputs, outputs);
        return new HarvestSettings(
                Stream.concat(inputs.stream(), outputs.stream()).distinct().toList(),
                tokens == null ? 0 : tokens,
                Math.min(HarvestSettings.USUAL_CONTEXT, sizes.context()),
                seed,
                Order.SHUFFLED,
                new HarvestSettings.Kept(StoredType.F32, false, false, false));
    }

    /// Whether it writes other sites than it reads.
    boolean transcodes() {
        return to != null;
    }

    /// The sites that are read, in order.
    List<Site> inputs(ActivationStore store) {
        return of(store, sites);
    }

    /// The sites that are written, in order.
    List<Site> outputs(ActivationStore store) {
        return of(store, to == null ? sites : to);
    }

    /// The store's own sites that are meant, by the names that a sweep has for them, too.
    static List<Site> of(ActivationStore store, List<String> names) {
        return names.stream().flatMap(name -> of(store, name).stream()).toList();
    }

    private static List<Site> of(ActivationStore store, String name) {
        List<Site> meant = store.sites().stream()
                .filter(site ->
                        site.text().equals(name) || SiteChoice.parse(name).names(site))
                .toList();
        if (meant.isEmpty()) {
            throw new BadInputException("the store has no vectors of " + name + "; it has those of "
                    + store.sites().stream().map(Site::text).collect(Collectors.joining(", "))
                    + ": harvest that site too.");
        }
        return meant;
    }
}
