package cutaway.features.pages;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.features.judge.Twins;
import cutaway.features.store.StoreFacts;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What pages say of themselves as a whole, in `pages.json`.
///
/// @param format 1; a reader refuses what it does not know
/// @param version of Cutaway
/// @param dictionary where it lies
/// @param width latents
/// @param inputs sites that it reads, by name
/// @param outputs sites that it writes
/// @param model that made the activations
/// @param texts that they are of
/// @param tokens of the text that have activations
/// @param coactivationTokens of them that were counted for latents that fire together
/// @param logits whether there are effects on logits
/// @param doses latents whose effect was measured
/// @param latentsPerFile in each file of examples
/// @param twins other trainings that latents were looked for in; null where there were none, as in older pages
public record PagesFacts(
        int format,
        String version,
        String dictionary,
        int width,
        List<String> inputs,
        List<String> outputs,
        StoreFacts.ModelFacts model,
        List<String> texts,
        long tokens,
        long coactivationTokens,
        boolean logits,
        int doses,
        int latentsPerFile,
        PageSettings settings,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TwinFacts twins) {

    /// What other trainings say of the dictionary as a whole.
    ///
    /// @param dictionaries where they lie
    /// @param mean over latents of the mean cosine with its partners
    /// @param random what as many random directions give
    public record TwinFacts(List<String> dictionaries, double mean, double random) {

        static @Nullable TwinFacts of(Twins twins) {
            return twins.names().isEmpty() ? null : new TwinFacts(twins.names(), twins.mean(), twins.random());
        }
    }

    static final String FILE = "pages.json";

    static final int FORMAT = 1;

    public PagesFacts {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        texts = List.copyOf(texts);
    }

    void write(Path folder) throws IOException {
        Files.writeString(
                folder.resolve(FILE),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    static PagesFacts read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(folder + " holds no feature pages: there is no " + FILE
                    + " in it; make them with cutaway features pages.");
        }
        PagesFacts facts;
        try {
            facts = JsonMapper.shared().readValue(Files.readString(file), PagesFacts.class);
        } catch (JacksonException | IOException | BadInputException | NullPointerException e) {
            throw new BadInputException(file + " is no description of feature pages; make them again.", e);
        }
        if (facts == null || facts.format != FORMAT) {
            throw new BadInputException(file + " has the format " + (facts == null ? "null" : facts.format)
                    + "; this version of Cutaway reads " + FORMAT + ".");
        }
        return facts;
    }
}
