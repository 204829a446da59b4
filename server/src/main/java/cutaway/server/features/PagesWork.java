package cutaway.server.features;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.pages.FeaturePages;
import cutaway.features.pages.PageSettings;
import cutaway.features.pages.Pages;
import cutaway.features.pages.PagesFacts;
import cutaway.features.store.ActivationStore;
import cutaway.features.store.Harvest;
import cutaway.features.store.HarvestSettings;
import cutaway.features.store.Limits;
import cutaway.features.store.Order;
import cutaway.features.store.StoreFacts;
import cutaway.features.store.StoredType;
import cutaway.features.store.Texts;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.server.api.Json;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import cutaway.tensor.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The feature pages of a dictionary over a text, as a job. The text's activations, and what was encoded, are kept
/// until the pages are whole: after a restart it goes on from there.
public final class PagesWork implements Work<PagesWork.PagesAsked, PagesWork.PagesMade> {

    private static final Kind<PagesAsked, PagesMade> KIND =
            new Kind<>("pages", "feature pages over a text", PagesAsked.class, PagesMade.class);

    /// Of a text: about 50,000 tokens, which take minutes.
    private static final int MOST_CHARACTERS = 200_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,39}");

    /// Tokens that go through the model before a reader's question is heard.
    private static final int PASS = 256;

    private final Path folder;
    private final Dictionaries dictionaries;
    private final OpenModels models;
    private final String version;

    /// @param folder of what is not whole yet; made where it is missing
    /// @param version of Cutaway
    public PagesWork(Path folder, Dictionaries dictionaries, OpenModels models, String version) {
        this.folder = folder;
        this.dictionaries = dictionaries;
        this.models = models;
        this.version = version;
    }

    /// @param model its name; empty for the usual one
    /// @param pages name of the pages: letters, digits, `-` and `_`
    public record PagesAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String dictionary,
            @JsonProperty(required = true) String pages,
            @JsonProperty(required = true) String text) {}

    /// @param features that have a page each
    /// @param tokens of the text that have activations
    public record PagesMade(String dictionary, String pages, int features, long tokens) {}

    @Override
    public Kind<PagesAsked, PagesMade> kind() {
        return KIND;
    }

    @Override
    public void check(PagesAsked asked) {
        if (!NAME.matcher(asked.pages).matches()) {
            throw new Refusal(
                    400,
                    "the pages are called \"" + asked.pages + "\"; give a name of 1 to 40 letters, digits, - and _.");
        }
        if (asked.text.isBlank()) {
            throw new Refusal(400, "the text is empty; give one: a few thousand words tell something.");
        }
        if (asked.text.length() > MOST_CHARACTERS) {
            throw new Refusal(
                    413,
                    String.format(
                            Locale.ROOT,
                            "the text has %,d characters; at most %,d are taken here: give a part of it, or make the"
                                    + " pages by cutaway features pages.",
                            asked.text.length(),
                            MOST_CHARACTERS));
        }
        if (Files.exists(dictionaries.newPages(asked.dictionary, asked.pages)) && !isBegun(asked)) {
            throw new Refusal(
                    409,
                    "pages of " + asked.dictionary + " are called \"" + asked.pages + "\" already; give another name.");
        }
    }

    @Override
    public PagesMade run(PagesAsked asked, Told told) {
        Path out = dictionaries.newPages(asked.dictionary, asked.pages);
        Path kept = kept(asked);
        try {
            if (!Files.exists(out)) { // else the last server was stopped between the pages and this job's end
                make(asked, kept, out, told);
            }
            PagesFacts facts = FeaturePages.open(out).facts();
            Folders.remove(kept);
            return new PagesMade(asked.dictionary, asked.pages, facts.width(), facts.tokens());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void make(PagesAsked asked, Path kept, Path out, Told told) throws IOException {
        Path path = dictionaries.path(asked.dictionary);
        Path text = kept.resolve(asked.pages + ".txt");
        Path activations = kept.resolve("activations");
        Files.createDirectories(kept);
        Files.createDirectories(out.toAbsolutePath().getParent());
        Files.writeString(text, asked.text);
        try (Dictionary dictionary = DictionaryFiles.openOne(path);
                OpenModels.Lease lease = models.use(asked.model)) {
            OpenModel model = lease.model();
            int tokens = model.model().tokenizer().encode(asked.text).ids().length;
            Harvest.Progress progress = (vectors, wanted) ->
                    told.at("read the text", String.format(Locale.ROOT, "%,d of %,d tokens", vectors, tokens));
            harvest(model, dictionary, text, activations, progress);
            try (ActivationStore store = ActivationStore.open(activations)) {
                Pages.make(
                        dictionary,
                        new Pages.Label(
                                path.toString(),
                                DictionaryFiles.sha256(path) + " "
                                        + model.facts().dtype(),
                                version),
                        store,
                        model.model(),
                        PageSettings.USUAL,
                        out,
                        (step, part) -> told.at(step, String.format(Locale.ROOT, "%.0f %%", 100 * part)));
            }
        }
    }

    private static void harvest(
            OpenModel model, Dictionary dictionary, Path text, Path activations, Harvest.Progress progress) {
        if (dictionary.origin().inputs().isEmpty()) {
            throw new Refusal(
                    409, "this dictionary does not say which site it reads; make its pages by cutaway features pages.");
        }
        ModelFacts facts = model.facts();
        Harvest.run(
                model.model(),
                new StoreFacts.ModelFacts(facts.name(), facts.sha256(), facts.dtype()),
                Texts.of(List.of(text), "text"),
                new HarvestSettings(
                        dictionary.origin().inputs(),
                        0,
                        Math.min(
                                HarvestSettings.USUAL_CONTEXT,
                                model.model().sizes().context()),
                        0,
                        Order.DOCUMENT,
                        new HarvestSettings.Kept(
                                StoredType.F32, false, !dictionary.origin().leavesSinksOut(), false)),
                activations,
                new Limits(Limits.USUAL.memory(), Limits.USUAL.disk(), PASS),
                progress);
    }

    private boolean isBegun(PagesAsked asked) {
        return Files.isDirectory(kept(asked));
    }

    /// Where one question keeps what is not whole yet.
    private Path kept(PagesAsked asked) {
        String question = version + " " + Json.text(asked);
        return folder.resolve(UUID.nameUUIDFromBytes(question.getBytes(StandardCharsets.UTF_8))
                .toString());
    }
}
