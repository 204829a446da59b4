package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Json;
import cutaway.interp.edit.Source;
import cutaway.interp.probe.ThroughProbes.Moved;
import cutaway.interp.run.Continuation;
import cutaway.interp.run.Runs;
import cutaway.model.Model;
import cutaway.model.chat.ChatTemplate;
import cutaway.model.chat.Message;
import cutaway.model.generation.Generated;
import cutaway.model.generation.Request;
import cutaway.model.generation.Sampling;
import cutaway.model.tokenizer.TokenStream;
import cutaway.model.tokenizer.Tokenizer;
import cutaway.tensor.BadInputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cutaway generate`: what a model writes after a prompt, under edits where given.
@Command(
        name = "generate",
        description = "Writes on from a prompt, token by token, with edits active on every token where given.",
        footer = {
            "",
            "Example:",
            "  cutaway generate \"The Eiffel Tower is located in the city of\" --max 20",
            "  cutaway generate --chat \"Name three rivers.\" --temperature 0.7 --top-p 0.9 --seed 1",
            "",
            "  cutaway generate \"I went to\" --dictionary resid-12 --steer feature[7]=+8",
            "  cutaway generate \"The children\" --probe tense.safetensors --to future --scale 3",
            "  cutaway generate \"The children\" --probe tense.safetensors --to future --through",
            "",
            "EDITS holds a JSON list, such as [{\"op\": \"zero\", \"site\": \"blocks.3.attn.hook_z[5]\"}];",
            "an edit with \"pos\" applies at those positions only, counted from 0 through prompt and text."
        },
        mixinStandardHelpOptions = true)
final class Generate implements Callable<Integer> {

    @Parameters(paramLabel = "PROMPT", description = "The text to write on from; with --chat, what the user says.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String prompt;

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "128",
            description = "Most tokens to write, 1 or more (default: ${DEFAULT-VALUE}).")
    private int max;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "What the logits are divided by; 0 takes the most likely token (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description =
                    "Draw from the fewest tokens whose probabilities reach P, 0 to 1 (default: ${DEFAULT-VALUE}, all).")
    private double topP;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "0",
            description = "Seed of the draws (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--edit", paramLabel = "EDITS", description = "A JSON file with a list of edits.")
    private @Nullable Path edit;

    @Option(names = "--chat", description = "Put the prompt into the model's chat template.")
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT", description = "With --chat: the system message.")
    private @Nullable String system;

    @Mixin
    private final SteerOption steering = new SteerOption();

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// What `--json` prints.
    ///
    /// @param prompt the text that was tokenized; with `--chat`, the rendered template
    /// @param through what was changed through probes; absent without them
    /// @param applied for each edit, at how many positions it was applied
    /// @param gigabytesPerSecond of weights, while decoding
    private record Result(
            String version,
            String model,
            String prompt,
            List<Integer> promptIds,
            List<Integer> ids,
            String text,
            String stop,
            Sampling sampling,
            List<Edit> edits,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Moved> through,
            List<Integer> applied,
            double promptSeconds,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double tokensPerSecond,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double gigabytesPerSecond) {}

    @Override
    public Integer call() {
        if (prompt.isEmpty()) {
            throw new BadInputException("the prompt is empty; give some text.");
        }
        if (system != null && !chat) {
            throw new BadInputException("--system is a message of a chat; add --chat.");
        }
        Sampling sampling = new Sampling(temperature, topP, seed);
        List<Edit> given = edit == null ? List.of() : Json.editsIn(edit);
        try (Model opened = weights.open(model.path(), console)) {
            Tokenizer tokenizer = opened.tokenizer();
            String text = chat ? rendered(tokenizer) : prompt;
            List<Integer> ids = Arrays.stream(
                            chat
                                    ? tokenizer.encode(text).ids()
                                    : opened.encode(text).ids())
                    .boxed()
                    .toList();
            List<Edit> edits = new ArrayList<>(given);
            edits.addAll(steering.everywhere(opened, new Source(null, ids, given)));
            TokenStream stream = new TokenStream(tokenizer, true);
            StringBuilder written = new StringBuilder();
            Request request = new Request(ids, max, sampling, stops(tokenizer));
            Continuation continuation = Runs.generate(opened, request, edits, shown(tokenizer, stream, written));
            show(stream.finish(), written);
            report(opened, text, request, edits, continuation, written.toString());
        }
        return 0;
    }

    /// The prompt as the model's chat template puts it; special tokens are in it.
    private String rendered(Tokenizer tokenizer) {
        String template = tokenizer
                .chatTemplate()
                .orElseThrow(() -> new BadInputException(
                        "this model has no chat template; leave --chat out, or give a model that was made for chats."));
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new Message("system", system));
        }
        messages.add(new Message("user", prompt));
        Map<String, Object> variables = new HashMap<>();
        tokenizer.bos().ifPresent(id -> variables.put("bos_token", tokenizer.token(id)));
        tokenizer.eos().ifPresent(id -> variables.put("eos_token", tokenizer.token(id)));
        return ChatTemplate.of(template).render(messages, true, variables);
    }

    private static Set<Integer> stops(Tokenizer tokenizer) {
        Set<Integer> stops = new HashSet<>();
        tokenizer.eos().ifPresent(stops::add);
        tokenizer.eot().ifPresent(stops::add);
        return stops;
    }

    /// Shows each token's text as soon as its characters are whole. A model may have more ids than its tokenizer
    /// knows.
    private IntConsumer shown(Tokenizer tokenizer, TokenStream stream, StringBuilder written) {
        return id -> {
            if (id < tokenizer.vocabSize()) {
                show(stream.push(id), written);
            }
        };
    }

    private void show(String piece, StringBuilder written) {
        written.append(piece);
        if (!console.isJson()) {
            console.out().print(piece);
            console.out().flush();
        }
    }

    private void report(
            Model opened, String text, Request request, List<Edit> edits, Continuation continuation, String written) {
        Generated generated = continuation.generated();
        double speed = generated.tokensPerSecond();
        double bandwidth = speed * opened.transformer().bytesPerToken() * 1e-9;
        String stop = generated.stop().name().toLowerCase(Locale.ROOT);
        if (console.isJson()) {
            console.json(new Result(
                    Cutaway.Version.number(),
                    opened.path().toString(),
                    text,
                    request.prompt(),
                    generated.ids(),
                    written,
                    stop,
                    request.sampling(),
                    edits,
                    steering.moved(),
                    continuation.applied(),
                    generated.promptSeconds(),
                    speed > 0 ? speed : null,
                    speed > 0 ? bandwidth : null));
            return;
        }
        console.out().println();
        console.out().flush();
        PrintWriter err = spec.commandLine().getErr();
        String pace =
                speed > 0 ? String.format(Locale.ROOT, ", %.1f tokens/s, %.1f GB/s of weights", speed, bandwidth) : "";
        steering.moved().forEach(one -> err.printf("cutaway: %s%n", ProbeSteerOption.text(one)));
        String counts = edits.isEmpty() ? "" : "; edits applied at " + continuation.applied() + " positions";
        err.printf(
                Locale.ROOT,
                "cutaway: %d tokens after %d%s; stop: %s%s%n",
                generated.ids().size(),
                request.prompt().size(),
                pace,
                stop,
                counts);
        err.flush();
    }
}
