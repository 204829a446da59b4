package cutaway.server.lab;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.codes.Capacity;
import cutaway.interp.codes.MlpWeights;
import cutaway.interp.codes.SignCodes;
import cutaway.interp.codes.SortedSigns;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.AnswerToken;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Shell;
import cutaway.server.job.Work;
import cutaway.server.model.OpenModel;
import cutaway.server.model.OpenModels;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a layer's MLP computes, from the signs of its weights ([SignCodes]), as a job: seconds, of which
/// permutations take most.
public final class SignWork implements Work<SignWork.SignsAsked, SignWork.SignsRead> {

    private static final Kind<SignsAsked, SignsRead> KIND =
            new Kind<>("signs", "the sign codes of a layer's MLP", SignsAsked.class, SignsRead.class);

    private static final int MOST_INPUTS = 4096;
    private static final int MOST_PERMUTATIONS = 999;
    private static final int SHOWN_PAIRS = 8;
    private static final int SHOWN_GROUPS = 24;
    private static final int SHOWN_INPUTS = 96;
    private static final int SHOWN_NEURONS = 160;

    private final OpenModels models;

    public SignWork(OpenModels models) {
        this.models = models;
    }

    /// @param model its name; empty for the usual one
    /// @param layer whose MLP is read
    /// @param weights which matrix: in, gate, up or out; empty for the one that decides whether a neuron speaks
    /// @param towards a token: codes are read off the neurons that push it up; empty for all
    /// @param agreement from which inputs are one group, up to 1; 0.6 where nobody says
    /// @param permutations that a p-value is counted from; 99 where nobody says, 0 for none
    public record SignsAsked(
            @MayBeLeftOut @Nullable String model,
            @JsonProperty(required = true) int layer,
            @MayBeLeftOut @Nullable String weights,
            @MayBeLeftOut @Nullable String towards,
            @MayBeLeftOut double agreement,
            @MayBeLeftOut @Nullable Integer permutations,
            @MayBeLeftOut long seed) {}

    /// Inputs of one code.
    ///
    /// @param code the neurons that most of them have a plus on
    public record SignGroup(List<Integer> inputs, List<Integer> code) {}

    /// @param shared neurons that both have a plus on
    /// @param excess of these beyond chance, in standard deviations of chance
    public record SignPair(int first, int second, int shared, double excess) {}

    /// @param weights which matrix was read
    /// @param matrices that the MLP has
    /// @param neurons rows of the matrix; of `out`, dimensions of the residual stream
    /// @param readers neurons that codes are read off
    /// @param structure mean squared excess of shared pluses; about 1 by chance
    /// @param pValue of it; left out without permutations
    /// @param cut weights no larger than so many standard deviations of all count as none
    /// @param groupCount how many groups there are
    /// @param groups the largest
    /// @param collisions that are expected of as many codes as there are groups
    /// @param pairs the most overlapping ones, most first
    /// @param roles how many neurons have each
    /// @param capacity of the MLP's neurons, in a sentence
    public record SignsRead(
            ModelFacts model,
            int layer,
            String weights,
            List<String> matrices,
            int neurons,
            int inputs,
            int readers,
            double structure,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double pValue,

            int permutations,
            double cut,
            double agreement,
            int groupCount,
            List<SignGroup> groups,
            double collisions,
            List<SignPair> pairs,
            Map<String, Integer> roles,
            SortedSigns matrix,
            String capacity,
            String command) {}

    @Override
    public Kind<SignsAsked, SignsRead> kind() {
        return KIND;
    }

    private static SignCodes.Settings settings(SignsAsked asked) {
        SignCodes.Settings usual = SignCodes.Settings.USUAL;
        return new SignCodes.Settings(
                usual.cut(),
                asked.agreement == 0 ? usual.agreement() : asked.agreement,
                asked.permutations == null ? usual.permutations() : asked.permutations,
                asked.seed);
    }

    private static MlpWeights.Which which(SignsAsked asked, MlpWeights mlp) {
        if (isEmpty(asked.weights)) {
            return mlp.usual();
        }
        return mlp.matrices().stream()
                .filter(one -> one.text().equals(asked.weights))
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        400,
                        "weights is \"" + asked.weights + "\"; this model's MLP has "
                                + mlp.matrices().stream()
                                        .map(MlpWeights.Which::text)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    private static boolean isEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    @Override
    public void check(SignsAsked asked) {
        if (settings(asked).permutations() > MOST_PERMUTATIONS) {
            throw new Refusal(400, "permutations is " + asked.permutations + "; give 0 to " + MOST_PERMUTATIONS + ".");
        }
        try (OpenModels.Lease lease = models.use(asked.model)) {
            MlpWeights mlp = new MlpWeights(lease.model().model(), asked.layer);
            if (which(asked, mlp) == MlpWeights.Which.OUT && !isEmpty(asked.towards)) {
                throw new Refusal(
                        400,
                        "the matrix out is what neurons write, and a token splits neurons by that; take another matrix,"
                                + " or no token.");
            }
            if (!isEmpty(asked.towards)) {
                token(asked, lease.model());
            }
        }
    }

    private static int token(SignsAsked asked, OpenModel model) {
        return AnswerToken.id(model.model(), String.valueOf(asked.towards), "token");
    }

    @Override
    public SignsRead run(SignsAsked asked, Told told) {
        try (OpenModels.Lease lease = models.use(asked.model);
                Scope _ = Scope.open()) {
            OpenModel model = lease.model();
            MlpWeights mlp = new MlpWeights(model.model(), asked.layer);
            MlpWeights.Which which = which(asked, mlp);
            double[] outputs = isEmpty(asked.towards) ? new double[0] : mlp.towards(token(asked, model));
            told.at("agreements of inputs", "");
            SignCodes codes = SignCodes.of(mlp.of(which, MOST_INPUTS), outputs, settings(asked));
            return read(asked, model, mlp, which, codes, told);
        }
    }

    private SignsRead read(
            SignsAsked asked, OpenModel model, MlpWeights mlp, MlpWeights.Which which, SignCodes codes, Told told) {
        SignCodes.Settings settings = settings(asked);
        double p = codes.pValue(done -> told.at("permutations", done + " of " + settings.permutations()));
        told.at("sorting", "");
        List<SignGroup> groups = codes.groups().stream()
                .map(group -> new SignGroup(group.inputs(), group.code()))
                .sorted(Comparator.comparing((SignGroup group) -> -group.inputs.size()))
                .toList();
        Map<String, Integer> roles = new TreeMap<>();
        codes.roles().forEach(role -> roles.merge(role.name().toLowerCase(Locale.ROOT), 1, Integer::sum));
        return new SignsRead(
                model.facts(),
                asked.layer,
                which.text(),
                mlp.matrices().stream().map(MlpWeights.Which::text).toList(),
                codes.signs().neurons(),
                codes.signs().inputs(),
                codes.readers().size(),
                codes.structure(),
                Double.isNaN(p) ? null : p,
                settings.permutations(),
                settings.cut(),
                settings.agreement(),
                groups.size(),
                groups.subList(0, Math.min(SHOWN_GROUPS, groups.size())),
                Math.max(0, codes.collisions(groups.size())),
                pairs(codes),
                roles,
                SortedSigns.of(codes, SHOWN_INPUTS, SHOWN_NEURONS),
                Capacity.of(mlp.neurons()).text(),
                command(asked, which, settings));
    }

    private static List<SignPair> pairs(SignCodes codes) {
        Comparator<SignPair> byExcess = Comparator.comparingDouble(SignPair::excess);
        PriorityQueue<SignPair> most = new PriorityQueue<>(byExcess);
        for (int i = 0; i < codes.marks().inputs(); i++) {
            for (int j = i + 1; j < codes.marks().inputs(); j++) {
                double excess = codes.marks().excess(i, j);
                if (most.size() < SHOWN_PAIRS || excess > most.element().excess) {
                    most.add(new SignPair(i, j, codes.marks().shared(i, j), excess));
                }
                if (most.size() > SHOWN_PAIRS) {
                    most.remove();
                }
            }
        }
        List<SignPair> pairs = new ArrayList<>(most);
        pairs.sort(byExcess.reversed());
        return pairs;
    }

    private String command(SignsAsked asked, MlpWeights.Which which, SignCodes.Settings settings) {
        StringBuilder command = new StringBuilder("./cutaway codes --block " + asked.layer + " --weights "
                + which.text() + " --agreement " + settings.agreement() + " --permutations " + settings.permutations());
        if (!isEmpty(asked.towards)) {
            command.append(" --towards ").append(Shell.quoted(String.valueOf(asked.towards)));
        }
        if (asked.seed != 0) {
            command.append(" --seed ").append(asked.seed);
        }
        if (!isEmpty(asked.model) && !models.usual().equals(asked.model)) {
            command.append(" --model ").append(Shell.quoted(String.valueOf(asked.model)));
        }
        return command.toString();
    }
}
