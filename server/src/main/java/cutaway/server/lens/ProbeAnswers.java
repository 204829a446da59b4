package cutaway.server.lens;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Placebo;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.explain.Prompts;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeEdit;
import cutaway.interp.probe.ThroughProbes;
import cutaway.interp.probe.ThroughProbes.Moved;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.model.OpenModel;
import cutaway.server.model.Reading;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What each stored probe reads at a token, and what comes next where one thing that it reads is changed. Probes
/// are the files in `probes/` of the workbench's folder, as `cutaway probe fit --out` writes them; the folder is
/// made where it is missing and looked up at each question.
public final class ProbeAnswers {

    private static final int DRAWS = 8;
    private static final int SHOWN = 10;

    private final KeptFiles kept;
    private final Reading reading;

    /// @param home the workbench's folder
    public ProbeAnswers(Path home, Reading reading) {
        this.kept = new KeptFiles(home.resolve("probes"));
        this.reading = reading;
    }

    /// @param model its name; empty for the usual one
    /// @param position of the token
    public record ProbesAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt,
            @JsonProperty(required = true) int position) {}

    /// @param accuracy on texts that the probe was not fitted on
    public record ThingRead(String name, String read, double accuracy) {}

    /// @param probe name of its file, without the ending
    /// @param classes that it tells apart
    /// @param side squares of a row, where its things are all squares of a board (a1, b1, ...); else 0
    /// @param things in the order of the probe; a board's row by row
    public record ProbeRead(String probe, String site, List<String> classes, int side, List<ThingRead> things) {}

    /// @param folder where probes are looked for
    /// @param probes of this model's sizes
    /// @param leftOut why others were not read
    public record ProbesRead(
            ModelFacts model, String folder, String token, List<ProbeRead> probes, List<String> leftOut) {}

    /// @param model its name; empty for the usual one
    /// @param position of the token whose state is changed; what comes after it is left out of the run
    /// @param probe by its name
    /// @param thing by its name; left out where the probe reads one
    /// @param to the class that is to be read
    /// @param seed of the random directions
    public record ThingAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) String prompt,
            @JsonProperty(required = true) int position,
            @JsonProperty(required = true) String probe,
            @MayBeLeftOut @Nullable String thing,
            @JsonProperty(required = true) String to,
            @MayBeLeftOut long seed) {}

    /// The probability of a next token.
    ///
    /// @param thing whose name the token is; empty where it names none
    /// @param before without the change
    /// @param after with it
    /// @param random mean under random directions as long
    public record NextChanged(int id, String token, String thing, double before, double after, double random) {}

    /// @param moved what became of the state
    /// @param draws random directions
    /// @param things what is read of all things after the change
    /// @param next tokens that name a thing, and the likeliest before and after, the likeliest before first
    public record ThingChanged(
            ModelFacts model, Moved moved, int draws, List<ThingRead> things, List<NextChanged> next) {}

    public List<Route<?, ?>> routes() {
        return List.of(
                Route.post(
                        "/api/probes",
                        "What each stored probe reads at a token of a prompt.",
                        ProbesAsked.class,
                        ProbesRead.class,
                        (asked, at) -> reading.text(asked.model, asked.prompt, model -> read(model, asked))),
                Route.post(
                        "/api/probes/change",
                        "What comes after a token where its state is moved until a stored probe reads another class.",
                        ThingAsked.class,
                        ThingChanged.class,
                        (asked, at) -> reading.text(asked.model, asked.prompt, model -> changed(model, asked))));
    }

    private ProbesRead read(OpenModel open, ProbesAsked asked) {
        Model model = open.model();
        int[] ids = upTo(model, asked.prompt, asked.position);
        List<ProbeRead> probes = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Path file : kept.all()) {
            try (NamedProbe probe = NamedProbe.read(file)) {
                SiteNames.check(probe.site(), model.sizes());
                List<ThingRead> things = things(model, ids, List.of(), probe, KeptFiles.name(file));
                probes.add(new ProbeRead(
                        KeptFiles.name(file),
                        probe.facts().site(),
                        probe.facts().classes(),
                        side(things),
                        things));
            } catch (BadInputException e) {
                leftOut.add(String.valueOf(e.getMessage()));
            }
        }
        return new ProbesRead(
                open.facts(),
                kept.folder().toString(),
                Prompts.tokens(model, ids).get(asked.position).text(),
                probes,
                leftOut);
    }

    /// @param name of what it reads, where that is one thing
    private static List<ThingRead> things(Model model, int[] ids, List<Edit> edits, NamedProbe probe, String name) {
        List<String> read = Scope.free(() -> {
            try (Trace trace = Runs.toLast(model, Source.of(ids, edits), List.of(probe.site()))) {
                Tensor all = trace.at(probe.site());
                return probe.readAll(all.select(1, all.dim(1) - 1).to(Dtype.F32).reshape(1, -1))
                        .getFirst();
            }
        });
        NamedProbe.Facts facts = probe.facts();
        List<ThingRead> things = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            things.add(
                    facts.questions().isEmpty()
                            ? new ThingRead(name, read.get(i), facts.scores().accuracy())
                            : new ThingRead(
                                    facts.questions().get(i),
                                    read.get(i),
                                    facts.told().get(i).accuracy()));
        }
        int side = side(things);
        if (side > 0) {
            things.sort(Comparator.comparingInt((ThingRead thing) -> row(thing.name))
                    .thenComparing(thing -> thing.name.charAt(0)));
        }
        return things;
    }

    private static int row(String square) {
        return Integer.parseInt(square.substring(1));
    }

    /// Squares of a row where things are the squares of a board, all of them; else 0.
    private static int side(List<ThingRead> things) {
        int side = (int) Math.round(Math.sqrt(things.size()));
        if (side < 2 || side > 26 || side * side != things.size()) {
            return 0;
        }
        Set<String> squares = new HashSet<>();
        for (int square = 0; square < side * side; square++) {
            squares.add((char) ('a' + square % side) + "" + (square / side + 1));
        }
        things.forEach(thing -> squares.remove(thing.name));
        return squares.isEmpty() ? side : 0;
    }

    private ThingChanged changed(OpenModel open, ThingAsked asked) {
        Model model = open.model();
        int[] ids = upTo(model, asked.prompt, asked.position);
        Path file = kept.find(asked.probe)
                .orElseThrow(() -> new Refusal(
                        404,
                        "there is no probe \"" + asked.probe + "\" in " + kept.folder() + "; ask POST /api/probes."));
        try (NamedProbe probe = NamedProbe.read(file)) {
            SiteNames.check(probe.site(), model.sizes());
            NamedProbe about = asked.thing == null ? probe : probe.about(asked.thing);
            ThroughProbes through = ThroughProbes.of(
                    model,
                    Source.of(ids, List.of()),
                    Positions.of(asked.position),
                    List.of(about),
                    asked.to,
                    ProbeEdit.USUAL);
            Edit.Add edit = (Edit.Add) through.edits().getFirst();
            List<List<Edit>> variants = new ArrayList<>(List.of(List.of(), List.of(edit)));
            Random random = new Random(asked.seed);
            for (int draw = 0; draw < DRAWS; draw++) {
                variants.add(List.of(placebo(edit, random)));
            }
            return new ThingChanged(
                    open.facts(),
                    through.moved().getFirst(),
                    DRAWS,
                    things(model, ids, List.of(edit), probe, KeptFiles.name(file)),
                    next(model, ids, variants, probe.facts().questions()));
        }
    }

    private static Edit placebo(Edit.Add edit, Random random) {
        try (Tensor change = edit.values().tensor(Dtype.F32)) {
            return Placebo.of(edit.site(), edit.pos(), change, random);
        }
    }

    /// @param variants without the change, with it, and with random ones
    private static List<NextChanged> next(Model model, int[] ids, List<List<Edit>> variants, List<String> names) {
        int vocab = model.sizes().vocab();
        double[] all; // [variant, vocab]
        try (Trace trace = Runs.rows(model, ids, variants, List.of());
                Scope _ = Scope.open()) {
            all = trace.logits()
                    .select(1, ids.length - 1L)
                    .softmax(-1)
                    .to(Dtype.F64)
                    .toDoubles();
        }
        List<Integer> tokens = new ArrayList<>();
        IntStream.range(0, vocab)
                .filter(id -> names.contains(model.tokenizer().token(id).strip()))
                .forEach(tokens::add);
        for (int variant = 0; variant < 2; variant++) {
            int first = variant * vocab;
            IntStream.range(0, vocab)
                    .boxed()
                    .sorted(Comparator.comparingDouble(id -> -all[first + id]))
                    .limit(SHOWN)
                    .forEach(tokens::add);
        }
        return tokens.stream()
                .distinct()
                .map(id -> {
                    String token = model.tokenizer().token(id);
                    return new NextChanged(
                            id,
                            token,
                            names.contains(token.strip()) ? token.strip() : "",
                            all[id],
                            all[vocab + id],
                            IntStream.range(2, variants.size())
                                    .mapToDouble(variant -> all[variant * vocab + id])
                                    .average()
                                    .orElse(Double.NaN));
                })
                .sorted(Comparator.comparingDouble((NextChanged next) -> -next.before))
                .toList();
    }

    private static int[] upTo(Model model, String prompt, int position) {
        return Arrays.copyOf(KeptFiles.ids(model, prompt, position), position + 1);
    }
}
