package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.Ink;
import cutaway.interp.basis.ErrorName;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Json;
import cutaway.interp.edit.Source;
import cutaway.interp.probe.ThroughProbes.Moved;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.FiniteLogits;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway run`: one run, with edits, and the activations of it.
@Command(
        name = "run",
        description = "Runs a prompt, with edits where given, and keeps activations.",
        footer = {
            "",
            "Example:",
            "  cutaway run \"The Eiffel Tower is in\" --site 'blocks.*.hook_resid_post' --out acts.safetensors",
            "",
            "EDITS holds a JSON list, such as [{\"op\": \"zero\", \"site\": \"blocks.3.attn.hook_z[5]\", \"pos\":"
                    + " [-1]}].",
            "Ops: replace, add, scale, zero, mean, patch, project_out, knockout.",
            "",
            "  cutaway run \"I went to\" --dictionary resid-12 --steer feature[7]=*0 --without-error",
            "  cutaway run \"I went to\" --dictionary resid-12 --site sae.error.linear --steer sae.error.linear=*0",
            "  cutaway run \"The number 37\" --fit helix.safetensors --label 38",
            "  cutaway run \"The children\" --probe tense.safetensors --to future --through"
        },
        mixinStandardHelpOptions = true)
final class Run implements Callable<Integer> {

    private static final int TOP = 5;

    @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The text.")
    private @Nullable String prompt;

    @Option(
            names = "--ids",
            split = ",",
            preprocessor = CommaList.class,
            converter = TokenId.class,
            paramLabel = "ID",
            description = "Token ids instead of a text, such as 504,314.")
    private int @Nullable [] ids;

    @Option(
            names = "--site",
            paramLabel = "NAME",
            description = "A site to read, by its TransformerLens name; * stands for anything but a dot. With"
                    + " --dictionary also sae.error, what its features do not say, and the parts of that,"
                    + " sae.error.linear and sae.error.nonlinear. May be repeated.")
    private List<String> sites = new ArrayList<>();

    @Option(names = "--edit", paramLabel = "EDITS", description = "A JSON file with a list of edits.")
    private @Nullable Path edit;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Where to write what was read (safetensors): each site without the batch axis, after the edits.")
    private @Nullable Path out;

    @Mixin
    private final SteerOption steering = new SteerOption();

    @Mixin
    private final FitOption fitting = new FitOption();

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param withoutErrorOf the dictionary whose reconstruction is among the edits; absent without one
    /// @param through what was changed through probes; absent without them
    /// @param after the next tokens under the edits; absent without edits
    /// @param move along a curve, which is the last of the edits; absent without one
    /// @param control the next tokens with the control's move in its place; absent without one
    /// @param out the file that was written; absent without one
    private record Result(
            String version,
            String model,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String prompt,

            List<Integer> ids,
            List<Edit> edits,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String withoutErrorOf,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Moved> through,
            List<Next> before,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<Next> after,

            @JsonInclude(JsonInclude.Include.NON_NULL) FitOption.@Nullable Move move,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<Next> control,

            List<Read> sites,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String out) {}

    /// A possible next token.
    ///
    /// @param token its text; absent where the model has no tokenizer
    /// @param logit nats
    private record Next(
            int id,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String token,

            double probability,
            double logit) {}

    /// A site that was read.
    ///
    /// @param norm Euclidean, of the whole value; masked scores are left out
    private record Read(String site, List<Long> shape, double norm) {}

    @Override
    public Integer call() {
        checkArguments();
        List<Edit> written = edit == null ? List.of() : Json.editsIn(edit);
        try (Model opened = weights.open(model.path(), console)) {
            Batch batch =
                    Batch.of(ids == null ? opened.encode(String.valueOf(prompt)).ids() : ids);
            List<Edit> edits = new ArrayList<>(written);
            List<String> errors = sites.stream().filter(ErrorName::isOne).toList();
            edits.addAll(steering.of(opened, Source.of(batch.ids().getFirst(), written), errors));
            List<Edit> others = List.copyOf(edits);
            Optional<FitOption.Moved> moved = fitting.moved(opened, batch.ids().getFirst(), others);
            moved.ifPresent(to -> edits.add(to.edit()));
            List<Site> read = sites(opened);
            try (Trace unedited = Runs.run(opened, batch, List.of(), edits.isEmpty() ? read : List.of());
                    Trace trace = edits.isEmpty() ? unedited : Runs.run(opened, batch, edits, read);
                    Scope scope = Scope.open()) {
                FiniteLogits.check(unedited.logits().select(0, 0), 0);
                FiniteLogits.check(trace.logits().select(0, 0), 0);
                LinkedHashMap<String, Tensor> values = new LinkedHashMap<>();
                read.forEach(site -> values.put(site.text(), trace.at(site).select(0, 0)));
                steering.errors(opened, Source.of(batch.ids().getFirst(), edits), errors)
                        .forEach(
                                error -> values.put(error.name(), error.values().tensor(Dtype.F64)));
                List<Integer> given =
                        Arrays.stream(batch.ids().getFirst()).boxed().toList();
                if (out != null) {
                    TensorFile.write(out, values, metadata(opened, given, edits));
                }
                List<Read> reads = new ArrayList<>();
                values.forEach((site, value) -> reads.add(new Read(
                        site, Arrays.stream(value.shape().dims()).boxed().toList(), norm(value))));
                print(
                        opened,
                        new Result(
                                Cutaway.Version.number(),
                                opened.path().toString(),
                                prompt,
                                given,
                                edits,
                                steering.withoutErrorOf().orElse(null),
                                steering.moved(),
                                next(opened, unedited),
                                edits.isEmpty() ? null : next(opened, trace),
                                moved.map(FitOption.Moved::move).orElse(null),
                                moved.map(to -> control(opened, batch, others, to))
                                        .orElse(null),
                                reads,
                                out == null ? null : out.toString()));
            }
        }
        return 0;
    }

    private List<Next> control(Model opened, Batch batch, List<Edit> others, FitOption.Moved moved) {
        List<Edit> edits = new ArrayList<>(others);
        edits.add(moved.control());
        try (Trace trace = Runs.run(opened, batch, edits, List.of())) {
            return next(opened, trace);
        }
    }

    /// All that can be seen before the model is opened, so that no long run ends in a refusal.
    private void checkArguments() {
        if ((prompt == null) == (ids == null)) {
            throw new BadInputException(
                    "give either a prompt or --ids; for example: cutaway run \"The Eiffel Tower is in\"");
        }
        if (out == null) {
            return;
        }
        if (sites.isEmpty()) {
            throw new BadInputException(
                    "--out without --site has nothing to write; add --site 'blocks.*.hook_resid_post'.");
        }
        OutFile.check(out);
    }

    private List<Site> sites(Model opened) {
        Set<Site> found = new LinkedHashSet<>();
        sites.stream()
                .filter(name -> !ErrorName.isOne(name))
                .forEach(name -> found.addAll(SiteNames.matching(name, opened.sizes())));
        return List.copyOf(found);
    }

    private Map<String, String> metadata(Model opened, List<Integer> given, List<Edit> edits) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("cutaway", Cutaway.Version.number());
        metadata.put("model", opened.path().toString());
        if (prompt != null) {
            metadata.put("prompt", prompt);
        }
        metadata.put("ids", given.toString());
        metadata.put("edits", Json.of(edits));
        steering.withoutErrorOf().ifPresent(name -> metadata.put("without error term of", name));
        return metadata;
    }

    private static double norm(Tensor value) {
        return Scope.free(() -> value.maskedFill(value.isFinite().not(), 0).norm());
    }

    private List<Next> next(Model opened, Trace trace) {
        return Scope.free(() -> {
            Tensor last = trace.logits().select(0, 0).select(0, trace.batch().length() - 1L); // [vocab]
            Tensor.Top top = last.top(Math.min(TOP, opened.sizes().vocab()));
            long[] tokens = top.indices().toLongs();
            double[] logits = top.values().toDoubles();
            double[] probabilities = last.softmax(-1).gather(-1, top.indices()).toDoubles();
            return IntStream.range(0, tokens.length)
                    .mapToObj(
                            i -> new Next((int) tokens[i], token(opened, (int) tokens[i]), probabilities[i], logits[i]))
                    .toList();
        });
    }

    private @Nullable String token(Model opened, int id) {
        return prompt == null || id >= opened.tokenizer().vocabSize()
                ? null
                : opened.tokenizer().token(id);
    }

    private void print(Model opened, Result result) {
        if (console.isJson()) {
            console.json(result);
            return;
        }
        console.line("%s  %s, cutaway %s", result.model, opened.family(), result.version);
        console.line(
                "%d tokens%s", result.ids.size(), result.prompt == null ? "" : "; " + Tokens.bos(opened.tokenizer()));
        print("next tokens", result.before);
        result.through.forEach(one -> console.line("%s", ProbeSteerOption.text(one)));
        if (result.move != null) {
            console.line("%s", result.move.text());
        }
        if (result.after != null) {
            print(
                    "next tokens under " + Ink.count(result.edits.size(), "edit")
                            + (result.withoutErrorOf == null
                                    ? ""
                                    : ", without the error term of " + result.withoutErrorOf),
                    result.after);
        }
        if (result.control != null) {
            print("next tokens under the control, along the curve of shuffled labels", result.control);
        }
        for (Read read : result.sites) {
            console.line("%-36s  %-20s  norm %.4g", read.site, read.shape, read.norm);
        }
        if (result.out != null) {
            console.line("wrote %s", result.out);
        }
    }

    private void print(String title, List<Next> tokens) {
        console.line("%s", title);
        for (Next next : tokens) {
            String text = next.token == null ? "" : Console.quoted(next.token);
            console.line("  %7.4f  %8.3f nats  %6d  %s", next.probability, next.logit, next.id, text);
        }
    }
}
