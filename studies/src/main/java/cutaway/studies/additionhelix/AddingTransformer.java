package cutaway.studies.additionhelix;

import cutaway.interp.geometry.ComponentRoles;
import cutaway.interp.geometry.ComponentRoles.Row;
import cutaway.interp.geometry.NumberedPrompts;
import cutaway.lab.OpenModel;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.task.Sums;
import cutaway.model.Model;
import cutaway.studies.Figure;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// A transformer that adds, with heads to ask: what each of its heads and MLPs is there for. Report only.
///
/// @param accuracy on pairs held out
/// @param roles of its heads and MLPs
record AddingTransformer(double accuracy, ComponentRoles roles) {

    private static final Sums TASK = new Sums(0.7);
    private static final int PAIRS = 20;

    /// Of a model that comes with Cutaway; in a full run, of one that is trained on the seed.
    ///
    /// @param count of prompts
    static AddingTransformer measure(StudyRun run, int count, long seed) {
        Recipe usual = recipe();
        Recipe recipe = run.size() == Size.FULL ? usual.with("seeds", List.of(seed)) : usual;
        try (Trained trained = run.train("a transformer that adds", recipe);
                Model model = OpenModel.open(trained, 0)) {
            double accuracy = Objects.requireNonNull(trained.test().get("accuracy"), "accuracy")[0];
            return new AddingTransformer(
                    accuracy,
                    ComponentRoles.of(
                            model,
                            prompts(count, seed),
                            ComponentRoles.Settings.usual(PAIRS, seed),
                            (what, done) -> run.progress("transformer, " + what, done)));
        }
    }

    /// Of the model that comes with Cutaway: `cutaway lab train sums`.
    static Recipe recipe() {
        return Recipe.usual(TASK);
    }

    /// Sums that are drawn, each pair of numbers once.
    private static NumberedPrompts prompts(int count, long seed) {
        RandomGenerator random = new Random(seed + 17).generator();
        List<Integer> pairs = new ArrayList<>();
        for (int pair = 0; pair < AddingNet.NUMBERS * AddingNet.NUMBERS; pair++) {
            pairs.add(pair);
        }
        Collections.shuffle(pairs, random);
        List<Integer> chosen = pairs.subList(0, Math.min(count, pairs.size()));
        Map<String, List<Double>> inputs = new LinkedHashMap<>();
        inputs.put("a", chosen.stream().map(pair -> (double) first(pair)).toList());
        inputs.put("b", chosen.stream().map(pair -> (double) second(pair)).toList());
        return new NumberedPrompts(
                chosen.stream()
                        .map(pair -> first(pair) + " + " + second(pair) + " =")
                        .toList(),
                inputs,
                "a + b",
                chosen.stream().map(pair -> (double) first(pair) + second(pair)).toList(),
                chosen.stream().map(pair -> " " + (first(pair) + second(pair))).toList());
    }

    private static int first(int pair) {
        return pair / AddingNet.NUMBERS;
    }

    private static int second(int pair) {
        return pair % AddingNet.NUMBERS;
    }

    /// Effects and what curves tell, a row for each head and MLP.
    Figure figure() {
        List<String> columns = new ArrayList<>(List.of("total", "direct", "indirect"));
        roles.names().forEach(name -> columns.add("R2 " + name));
        columns.add("R2 a, b");
        columns.add("R2 shuffled");
        return new Figure(
                "Heads and MLPs of a transformer that adds",
                "Effects of each one's output in the run of another a (or b, whichever tells more), as shares of what"
                    + " separates the two runs: total by activation patching, direct by path patching to the logits."
                    + " And the shares of the variance of what it writes at the last token that helices tell, at"
                    + " numbers that were not fitted. Roles follow from these.",
                new Figure.Grid(
                        Figure.Axis.of("effects, and what tells the output"),
                        Figure.Axis.of("head or MLP"),
                        columns,
                        roles.rows().stream()
                                .map(row -> row.site() + ", " + row.words())
                                .toList(),
                        roles.rows().stream().map(this::values).toList(),
                        "share"));
    }

    private List<Double> values(Row row) {
        ComponentRoles.Share share = Objects.requireNonNull(row.effects().get(row.changed()));
        List<Double> values = new ArrayList<>(List.of(share.total(), share.direct(), share.indirect()));
        roles.names().forEach(name -> values.add(row.told().getOrDefault(name, Double.NaN)));
        values.add(row.together());
        values.add(row.shuffled());
        return values;
    }

    /// Roles in a sentence; no bar.
    String note() {
        return String.format(
                        Locale.ROOT,
                        "Heads and MLPs of a transformer that adds (%.2f of held-out pairs right; its helices' periods"
                                + " are chosen for each), no bar: ",
                        accuracy)
                + roles.rows().stream()
                        .map(row -> row.site() + " " + row.words())
                        .collect(Collectors.joining("; "))
                + ".";
    }
}
