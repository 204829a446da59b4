package cutaway.cli;

import cutaway.features.store.Harvest;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.StoreFacts;
import cutaway.features.store.Texts;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/// A harvest as a command makes it: the model of `--model` opened within `--memory`, and progress on stderr.
record Harvesting(ModelOption model, WeightOption weights, Console console) {

    /// What of the memory weights are kept unpacked in; the rest is for passes and shards.
    private static final double WEIGHTS = 5 / 8.0;

    /// @param settings of a model of such sizes
    /// @param disk bytes that the store may take
    StoreFacts run(
            Texts texts, Function<Sizes, HarvestSettings> settings, Path folder, long disk, HarvestProgress progress) {
        try (Model opened = weights.open(model.path(), console, WEIGHTS)) {
            var facts = model.facts(opened, weights);
            return Harvest.run(
                    opened,
                    new StoreFacts.ModelFacts(facts.name(), facts.sha256(), facts.dtype()),
                    texts,
                    settings.apply(opened.sizes()),
                    folder,
                    new Limits((long) ((1 - WEIGHTS) * weights.bytes()), disk),
                    progress);
        } finally {
            console.stepsDone();
        }
    }

    /// The sites of an option, of a model of such sizes.
    ///
    /// @throws BadInputException when one is unknown, or names positions
    static List<Site> sites(String option, List<String> names, Sizes sizes) {
        return names.stream()
                .map(SiteChoice::parse)
                .flatMap(choice -> sites(option, choice, sizes).stream())
                .toList();
    }

    private static List<Site> sites(String option, SiteChoice choice, Sizes sizes) {
        if (choice.positions().isPresent()) {
            throw new BadInputException(option + " names positions of " + choice.text()
                    + "; a harvest keeps all of them: leave out what follows @.");
        }
        return choice.sites(sizes);
    }
}
