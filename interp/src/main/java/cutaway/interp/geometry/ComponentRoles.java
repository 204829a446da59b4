package cutaway.interp.geometry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.PathEffects;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What heads and MLPs do where a number comes out of others, such as a + b (Kantamneni & Tegmark 2025,
/// arXiv:2502.00873, section 5): what each one writes at the last token, by the curves of the numbers that
/// tell it, and what hangs on it, by patching.
///
///     total    = what its output of the run of (a', b), put into that of (a, b), changes of the margin
///     direct   = the same where the change goes to the last residual stream alone (path patching)
///     indirect = total - direct
///
/// each as a share of what separates the two runs. The roles follow by [Rule].
///
/// @param rows by layer, a layer's heads before its MLP
/// @param names of the numbers, the one that comes out last
/// @param prompts that curves are fitted to and scored on
/// @param pairs by the number that is changed in them
public record ComponentRoles(
        List<Row> rows, List<String> names, int prompts, Map<String, Integer> pairs, Settings settings) {

    public ComponentRoles {
        rows = List.copyOf(rows);
        names = List.copyOf(names);
        pairs = Map.copyOf(pairs);
    }

    /// What is done.
    public enum Role {
        /// Nothing hangs on it.
        IDLE,
        /// It brings numbers that were given.
        COPIES,
        /// It makes the number that comes out, for others to read.
        BUILDS,
        /// It tells the logits itself.
        WRITES,
        /// Something hangs on it, and no curve tells what it writes.
        OTHER;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// How roles are given, the first that fits:
    ///
    /// - idle: total and direct effect are below `leastEffect`, whichever number is changed;
    /// - writes: at least half of the total effect is direct;
    /// - copies: curves of the numbers given tell, together, at least `leastTold` of what it writes, and a
    ///   tenth more than the curve of the one that comes out (a line of a + b is lines of a and of b too);
    /// - builds: that curve tells at least `leastTold`;
    /// - other.
    ///
    /// @param leastEffect as a share of what separates two runs
    /// @param leastTold as a share of variance
    public record Rule(double leastEffect, double leastTold) {

        public static final Rule USUAL = new Rule(0.05, 0.4);

        private static final double APART = 0.1;

        public Rule {
            if (!(leastEffect > 0 && leastEffect < 1 && leastTold > 0 && leastTold < 1)) {
                throw new BadInputException("roles from an effect of " + leastEffect + " and a share of variance of "
                        + leastTold + " on; expected numbers between 0 and 1.");
            }
        }

        /// @param given what curves of the numbers given tell together
        /// @param made what the curve of the one that comes out tells
        Role role(Map<String, Share> effects, double given, double made) {
            Share most = most(effects);
            if (effects.values().stream()
                    .allMatch(one -> Math.abs(one.total) < leastEffect && Math.abs(one.direct) < leastEffect)) {
                return Role.IDLE;
            }
            if (most.direct / most.total >= 0.5) {
                return Role.WRITES;
            }
            if (given >= leastTold && given > made + APART) {
                return Role.COPIES;
            }
            return made >= leastTold ? Role.BUILDS : Role.OTHER;
        }
    }

    /// Of what separates two runs, the mean over pairs.
    public record Share(double total, double direct) {

        @JsonProperty("indirect")
        public double indirect() {
            return total - direct;
        }
    }

    private static Share most(Map<String, Share> effects) {
        return effects.values().stream()
                .max(Comparator.comparingDouble(one -> Math.abs(one.total)))
                .orElseThrow();
    }

    /// A head or an MLP.
    ///
    /// @param site as sweeps write it, `head_z[0.3]`
    /// @param head null for an MLP
    /// @param effects by the number that is changed
    /// @param told share of the variance of what it writes, by the number whose curve tells it, at values of that
    ///     number that were not fitted
    /// @param together what the curves of all numbers given tell together, where the one that comes out has
    ///     values that were not fitted
    /// @param shuffled the best of as many curves whose numbers were dealt out anew
    public record Row(
            String site,
            int layer,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer head,

            Map<String, Share> effects,
            Map<String, Double> told,
            double together,
            double shuffled,
            Role role) {

        public Row {
            effects = new LinkedHashMap<>(effects);
            told = new LinkedHashMap<>(told);
        }

        /// The number whose change it passes on most.
        public String changed() {
            return effects.entrySet().stream()
                    .max(Comparator.comparingDouble(one -> Math.abs(one.getValue().total)))
                    .orElseThrow()
                    .getKey();
        }

        /// The role with the numbers that it copies: those told at least half as well as the best of them.
        public String words() {
            if (role != Role.COPIES) {
                return role.text();
            }
            double best = effects.keySet().stream()
                    .mapToDouble(name -> told.getOrDefault(name, 0.0))
                    .max()
                    .orElse(0);
            return role.text() + " "
                    + effects.keySet().stream()
                            .filter(name -> told.getOrDefault(name, 0.0) >= best / 2)
                            .collect(Collectors.joining(", "));
        }
    }

    /// @param features of a number; empty to choose periods, for each component and number on the values fitted
    /// @param periods how many are chosen then
    /// @param heldOut share of a number's values that is not fitted
    /// @param pairs of prompts for each number given, at most
    /// @param at the token of each prompt whose vectors are told, from 0, or from -1 backwards
    /// @param sites heads' z and MLP outputs
    /// @param seed of every random draw
    public record Settings(
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> features,
            int periods,
            double heldOut,
            int pairs,
            int at,
            List<String> sites,
            Rule rule,
            long seed) {

        public Settings {
            sites = List.copyOf(sites);
            features.ifPresent(LabelFeatures::parse);
            if (periods < 1 || pairs < 1) {
                throw new BadInputException(periods + " periods and " + pairs + " pairs; expected at least 1 of each.");
            }
        }

        /// Six periods that are chosen, of all heads and MLPs at the last token.
        public static Settings usual(int pairs, long seed) {
            return new Settings(Optional.empty(), 6, 0.25, pairs, -1, List.of("head_z", "mlp_out"), Rule.USUAL, seed);
        }
    }

    /// What varies by less than this share of its size is always the same.
    private static final double SAME = 1e-6;

    /// Is told what is done, and what part of it.
    public interface Progress {
        void tell(String what, double done);
    }

    /// A head or an MLP of the model.
    private record Component(Site site, String name, int layer, OptionalInt head) {

        static Component of(Site site) {
            return switch (site) {
                case Site.Head(int layer, int head, HeadPart part)
                when part == HeadPart.Z ->
                    new Component(site, "head_z[" + layer + "." + head + "]", layer, OptionalInt.of(head));
                case Site.MlpOut(int layer) ->
                    new Component(site, "mlp_out[" + layer + "]", layer, OptionalInt.empty());
                default ->
                    throw new BadInputException(SiteNames.legacy(site)
                            + " is no head's z and no MLP's output; give --sites such as head_z[3..5.*],mlp_out.");
            };
        }

        /// What it adds to the residual stream.
        Site written() {
            return head.isPresent() ? new Site.Head(layer, head.getAsInt(), HeadPart.RESULT) : site;
        }

        boolean isOf(Effect row) {
            Integer of = row.head();
            return row.layer() != null
                    && row.layer() == layer
                    && (of == null ? head.isEmpty() : head.isPresent() && head.getAsInt() == of);
        }
    }

    /// @throws BadInputException when no two prompts differ in one number given alone, or a change of it does not
    ///     move the answer
    public static ComponentRoles of(Model model, NumberedPrompts prompts, Settings settings, Progress progress) {
        List<Component> components = settings.sites.stream()
                .flatMap(text -> SiteChoice.parse(text).sites(model.sizes()).stream())
                .map(Component::of)
                .sorted(Comparator.comparingInt(Component::layer).thenComparing(one -> one.head.isEmpty()))
                .toList();
        Map<String, Integer> pairs = new LinkedHashMap<>();
        Map<String, List<Share>> shares = new LinkedHashMap<>();
        for (String changed : prompts.inputs().keySet()) {
            List<PromptPair> chosen = NumberedPairs.of(model, prompts, changed, settings.pairs, settings.seed);
            pairs.put(changed, chosen.size());
            Effects total = effects(
                    new ActivationPatching(Direction.NOISE), model, chosen, settings, "patching " + changed, progress);
            Effects direct = effects(
                    new PathEffects(Direction.NOISE, List.of("logits")),
                    model,
                    chosen,
                    settings,
                    "paths of " + changed,
                    progress);
            shares.put(changed, shares(components, total, direct, changed));
        }
        List<Row> rows = new ArrayList<>();
        try (Scope _ = Scope.open()) {
            List<Tensor> written = new LabelledPrompts(prompts.texts(), prompts.numbers(prompts.outputName()))
                    .activations(
                            model,
                            components.stream().map(Component::written).toList(),
                            settings.at,
                            done -> progress.tell("running prompts", done));
            for (int i = 0; i < components.size(); i++) {
                int at = i;
                progress.tell("fitting curves", (double) i / components.size());
                Map<String, Share> effects = new LinkedHashMap<>();
                shares.forEach((changed, all) -> effects.put(changed, all.get(at)));
                rows.add(row(components.get(i), written.get(i), effects, prompts, settings));
            }
        }
        return new ComponentRoles(rows, prompts.names(), prompts.texts().size(), pairs, settings);
    }

    private static Row row(
            Component component,
            Tensor written,
            Map<String, Share> effects,
            NumberedPrompts prompts,
            Settings settings) {
        Map<String, Double> told = new LinkedHashMap<>();
        double shuffled = Double.NEGATIVE_INFINITY;
        Random random = new Random(settings.seed);
        for (String name : prompts.names()) {
            double[] numbers = prompts.numbers(name);
            told.put(name, told(written, numbers, List.of(numbers), settings));
            double[] dealt = FitScores.shuffledLabels(numbers, random.generator());
            shuffled = Math.max(shuffled, told(written, dealt, List.of(dealt), settings));
        }
        double[] output = prompts.numbers(prompts.outputName());
        List<double[]> given =
                prompts.inputs().keySet().stream().map(prompts::numbers).toList();
        double together = told(written, output, given, settings);
        return new Row(
                component.name,
                component.layer,
                component.head.isPresent() ? component.head.getAsInt() : null,
                effects,
                told,
                together,
                shuffled,
                settings.rule.role(effects, together, told.getOrDefault(prompts.outputName(), 0.0)));
    }

    /// The share of variance that curves of some numbers tell together, where another number has values that
    /// were not fitted; 0 of what is always the same.
    ///
    /// @param apart the number whose values are held out
    /// @param of the numbers whose curves are added up
    private static double told(Tensor written, double[] apart, List<double[]> of, Settings settings) {
        return Scope.free(() -> {
            LabelSplit split = LabelSplit.of(apart, settings.heldOut, settings.seed);
            Tensor fitted = LabelSplit.rows(written, split.training());
            Tensor held = LabelSplit.rows(written, split.heldOut());
            double spread = held.minus(held.mean(0, true)).norm();
            if (spread <= SAME * held.norm()) {
                return 0.0;
            }
            List<DoubleFunction<double[]>> curves = new ArrayList<>();
            int count = 0;
            for (double[] numbers : of) {
                double[] values = LabelSplit.labels(numbers, split.training());
                LabelFeatures features = settings.features
                        .map(LabelFeatures::parse)
                        .orElseGet(() -> new LabelFeatures.Fourier(
                                PeriodSpectrum.of(fitted, values, PeriodSpectrum.candidates(numbers))
                                        .choose(settings.periods),
                                true));
                DoubleFunction<double[]> columns = features.over(values);
                curves.add(row -> columns.apply(numbers[(int) row]));
                count += features.count();
            }
            LabelFeatures all = new LabelFeatures.Custom(
                    "curves of a row",
                    count,
                    row -> curves.stream()
                            .flatMapToDouble(curve -> Arrays.stream(curve.apply(row)))
                            .toArray());
            double[] rows = IntStream.range(0, apart.length).asDoubleStream().toArray();
            return ManifoldFit.of(fitted, LabelSplit.labels(rows, split.training()), all, ManifoldFit.Settings.USUAL)
                    .r2(held, LabelSplit.labels(rows, split.heldOut()));
        });
    }

    private static Effects effects(
            Method method, Model model, List<PromptPair> pairs, Settings settings, String what, Progress progress) {
        EffectSweep sweep = EffectSweep.of(method, settings.sites.toArray(String[]::new))
                .at(PositionChoice.ALL)
                .seeded(settings.seed);
        return sweep.run(
                model,
                pairs,
                EffectSweep.USUAL_BYTES,
                (pair, done, all) -> progress.tell(what, (pair.index() + (double) done / all) / pairs.size()));
    }

    /// In the order of the components.
    private static List<Share> shares(List<Component> components, Effects total, Effects direct, String changed) {
        double apart = total.pairs().stream()
                .mapToDouble(ends -> ends.contrast() - ends.prompt())
                .sum();
        if (!(apart < 0)) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "another %s lowers the answer's margin by %.3g on average, and effects are shares of that; give"
                            + " prompts that the model answers.",
                    changed,
                    -apart / total.pairs().size()));
        }
        return components.stream()
                .map(component -> new Share(sum(total, component) / apart, sum(direct, component) / apart))
                .toList();
    }

    private static double sum(Effects effects, Component component) {
        return effects.rows().stream()
                .filter(component::isOf)
                .mapToDouble(Effect::effect)
                .sum();
    }
}
