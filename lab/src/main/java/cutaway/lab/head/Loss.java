package cutaway.lab.head;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.train.Batch;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What training lowers: one number for each instance, a mean over its examples.
public enum Loss {
    /// `-log p(class)` in nats, a mean over questions, or over the tokens that are asked for.
    @JsonProperty("cross_entropy")
    CROSS_ENTROPY,
    /// Squared errors, each times how much its output counts, summed over outputs.
    @JsonProperty("mse")
    MSE,
    /// `max(0, 1 - t o)` for answers `t` of 1 (yes) or -1 (no), summed over outputs.
    @JsonProperty("hinge")
    HINGE,
    /// `-log sigmoid(t o)`, in nats, summed over outputs.
    @JsonProperty("logistic")
    LOGISTIC;

    /// As it is written in recipes.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws BadInputException when it does not judge such targets
    public void check(Target target) {
        boolean fits = switch (this) {
            case CROSS_ENTROPY -> target.areClasses();
            case MSE -> !target.areClasses();
            case HINGE, LOGISTIC -> target instanceof Target.Signs;
        };
        if (!fits) {
            throw new BadInputException("the loss " + text() + " does not fit what comes out, "
                    + switch (target) {
                        case Target.Numbers _ -> "numbers; take mse.";
                        case Target.Signs _ -> "yes or no; take logistic, hinge or mse.";
                        case Target.Classes _, Target.Tokens _ -> "classes; take cross_entropy.";
                    });
        }
    }

    /// @param outputs `[instance, n, out]`
    /// @return `[instance]`
    public Tensor of(Tensor outputs, Batch batch, Target target) {
        return Scope.keep(() -> switch (this) {
            case CROSS_ENTROPY ->
                target instanceof Target.Classes(List<Integer> sizes)
                        ? crossEntropy(outputs, batch.y(), sizes)
                        : ofTokens(outputs, batch.y());
            case MSE -> {
                Tensor squares = outputs.minus(batch.y()).square();
                yield mean(batch.weight() == null ? squares : squares.times(batch.weight()));
            }
            case HINGE -> mean(outputs.times(signs(batch.y())).negate().plus(1).relu());
            case LOGISTIC -> mean(outputs.times(signs(batch.y())).logSigmoid()).negate();
        });
    }

    /// How many questions, of each instance, the loss is a mean over: examples, or tokens that are asked for.
    public double[] asked(Batch batch, Target target) {
        if (!(target instanceof Target.Tokens)) {
            double[] all = new double[Math.toIntExact(batch.y().dim(0))];
            Arrays.fill(all, batch.y().dim(1));
            return all;
        }
        return Scope.free(() -> {
            Tensor asked = batch.y().greater(-1);
            return asked.reshape(asked.dim(0), -1).sum(-1, false).toDoubles();
        });
    }

    /// The sum over outputs, the mean over examples.
    private static Tensor mean(Tensor each) {
        return each.sum(-1, false).mean(-1, false); // [instance]
    }

    private static Tensor signs(Tensor answers) {
        return answers.times(2).minus(1);
    }

    private static Tensor crossEntropy(Tensor logits, Tensor classes, List<Integer> sizes) {
        Tensor sum = null;
        int from = 0;
        for (int i = 0; i < sizes.size(); i++) {
            Tensor some = sizes.size() == 1 ? logits : logits.slice(-1, from, from + sizes.get(i));
            Tensor right = some.logSoftmax(-1)
                    .gather(-1, classes.slice(-1, i, i + 1))
                    .squeeze(-1)
                    .mean(-1, false); // [instance]
            sum = sum == null ? right : sum.plus(right);
            from += sizes.get(i);
        }
        if (sum == null) {
            throw new IllegalArgumentException("classes of no question");
        }
        return sum.times(-1.0 / sizes.size());
    }

    /// @param logits `[instance, n, pos, vocab]`
    /// @param tokens `[instance, n, pos]`, -1 where nothing is asked
    private static Tensor ofTokens(Tensor logits, Tensor tokens) {
        Tensor asked = tokens.greater(-1);
        Tensor right = logits.logSoftmax(-1)
                .gather(-1, tokens.maskedFill(asked.not(), 0).unsqueeze(-1))
                .squeeze(-1);
        return shareOf(right.maskedFill(asked.not(), 0), asked).negate();
    }

    /// The sum over examples and positions, over how many were asked.
    ///
    /// @param asked `[instance, n, pos]`
    /// @return `[instance]`
    private static Tensor shareOf(Tensor values, Tensor asked) {
        long instances = asked.dim(0);
        return values.reshape(instances, -1)
                .sum(-1, false)
                .over(asked.reshape(instances, -1)
                        .to(values.dtype())
                        .sum(-1, false)
                        .maximum(Tensor.full(1, values.dtype())));
    }

    /// The share of examples whose outputs are all right; of tokens, the share of those that are asked for.
    ///
    /// @return `[instance]`; empty where outputs are numbers, neither right nor wrong
    public Optional<Tensor> accuracy(Tensor outputs, Batch batch, Target target) {
        return switch (target) {
            case Target.Numbers _ -> Optional.empty();
            case Target.Signs _ -> {
                double middle = this == MSE ? 0.5 : 0;
                yield Optional.of(Scope.keep(() ->
                        shareOfAll(outputs.greater(middle).equalTo(batch.y().greater(0.5)))));
            }
            case Target.Classes(List<Integer> sizes) ->
                Optional.of(Scope.keep(() -> shareOfAll(answers(outputs, sizes).equalTo(batch.y()))));
            case Target.Tokens _ ->
                Optional.of(Scope.keep(() -> shareOf(
                        outputs.argmax(-1).equalTo(batch.y()).to(outputs.dtype()), // -1 is no answer
                        batch.y().greater(-1))));
        };
    }

    /// The likeliest class of each question, `[instance, n, questions]`.
    private static Tensor answers(Tensor logits, List<Integer> sizes) {
        List<Tensor> answers = new ArrayList<>();
        int from = 0;
        for (int size : sizes) {
            answers.add(logits.slice(-1, from, from + size).argmax(-1));
            from += size;
        }
        return Tensor.stack(answers, -1);
    }

    /// @param right `[instance, n, out]`
    private static Tensor shareOfAll(Tensor right) {
        Tensor wrong = right.not().to(Dtype.F64).sum(-1, false); // [instance, n]
        return wrong.equalTo(0).to(Dtype.F64).mean(-1, false);
    }
}
