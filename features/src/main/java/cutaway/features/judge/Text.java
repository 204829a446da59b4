package cutaway.features.judge;

import cutaway.features.store.Texts;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Text as contexts of tokens: some to fit on, others to judge on. Of each file the first half is for fitting, the
/// second for judging, so that no sentence is in both.
///
/// @param fit what rivals and predictors are fitted on
/// @param judged what the numbers are of
public record Text(List<Context> fit, List<Context> judged) {

    /// A context must have this many tokens, to be one.
    private static final int SHORTEST = 16;

    /// @throws BadInputException when a part is empty
    public Text {
        fit = List.copyOf(fit);
        judged = List.copyOf(judged);
        if (fit.isEmpty() || judged.isEmpty()) {
            throw new BadInputException("the text makes " + (fit.size() + judged.size())
                    + " contexts, too few to fit the rivals on some and judge on others; give a longer text, more"
                    + " --tokens or a smaller --context.");
        }
    }

    /// Reads files and folders, as a harvest does. Each file gives as many tokens as the others, as far as it has
    /// them.
    ///
    /// @param field of JSON lines or column of tables that holds the text
    /// @throws BadInputException when a file cannot be read, or there is too little text
    public static Text read(Model model, List<Path> places, String field, Settings settings) {
        List<Context> fit = new ArrayList<>();
        List<Context> judged = new ArrayList<>();
        List<Path> files = Texts.of(places, field).files();
        int share = Math.ceilDiv(settings.tokens(), files.size());
        for (int file = 0; file < files.size(); file++) {
            int text = file;
            List<Context> contexts = new Texts(List.of(files.get(file)), field)
                    .contexts(model.tokenizer(), settings.context(), 2L * share).stream()
                            .filter(ids -> ids.length >= Math.min(settings.context(), SHORTEST))
                            .map(ids -> new Context(text, ids))
                            .toList();
            int half = contexts.size() / 2;
            fit.addAll(contexts.subList(0, half));
            judged.addAll(contexts.subList(half, contexts.size()));
        }
        return new Text(fit, judged);
    }
}
