package cutaway.cli;

import cutaway.model.tokenizer.Encoding;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cutaway tokens`: a text as the model sees it.
@Command(
        name = "tokens",
        description = "Shows the tokens of a text and their ids, as the model sees them.",
        footer = {"", "Example:", "  cutaway tokens \"The Eiffel Tower\""},
        mixinStandardHelpOptions = true)
final class Tokens implements Callable<Integer> {

    @Parameters(paramLabel = "TEXT", description = "The text.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String text;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Result(List<Integer> ids, List<String> tokens) {}

    @Override
    public Integer call() {
        if (text.isEmpty()) {
            throw new BadInputException("the text is empty; give some text.");
        }
        try (Tokenizer tokenizer = model.tokenizer()) {
            Encoding encoding = tokenizer.encode(text).after(tokenizer.before(), tokenizer::token);
            if (console.isJson()) {
                console.json(new Result(Arrays.stream(encoding.ids()).boxed().toList(), encoding.tokens()));
            } else {
                console.line("%s", bos(tokenizer));
                console.line("%5s  %7s  %s", "pos", "id", "token");
                for (int pos = 0; pos < encoding.ids().length; pos++) {
                    console.line(
                            "%5d  %7d  %s",
                            pos,
                            encoding.ids()[pos],
                            Console.quoted(encoding.tokens().get(pos)));
                }
            }
            return 0;
        }
    }

    /// What stands before every prompt of the model.
    static String bos(Tokenizer tokenizer) {
        if (tokenizer.before().isEmpty()) {
            return "no BOS: this model's recipe puts none before a text";
        }
        List<String> before = tokenizer.before().stream().map(tokenizer::token).toList();
        return "before the text, by this model's recipe: " + String.join(" ", before);
    }
}
