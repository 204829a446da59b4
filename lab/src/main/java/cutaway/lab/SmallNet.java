package cutaway.lab;

import cutaway.lab.head.Head;
import cutaway.lab.head.Loss;
import cutaway.lab.head.Target;
import cutaway.lab.net.Input;
import cutaway.lab.net.Net;
import cutaway.lab.net.Parameter;
import cutaway.lab.net.Tap;
import cutaway.lab.task.TaskData;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.lab.train.Progress;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The net of a recipe with its head and its loss, for all instances.
final class SmallNet implements Objective, AutoCloseable {

    private static final String HEAD = "head.weight";
    private static final String HEAD_BIAS = "head.bias";

    /// What it is made of, before there are numbers in it.
    record Parts(Net net, Head head, Loss loss, double embeddingPenalty, Input input, Target target) {

        static Parts of(Recipe recipe) {
            return new Parts(
                    recipe.net(),
                    recipe.head(),
                    recipe.loss(),
                    recipe.embeddingPenalty(),
                    recipe.task().input(),
                    recipe.task().target());
        }

        /// The name of the table of tokens, empty where there is none.
        String embedding() {
            return net.parameters(input).stream()
                    .filter(parameter -> parameter.kind() == Parameter.Kind.EMBEDDING)
                    .map(Parameter::name)
                    .findFirst()
                    .orElse("");
        }

        /// All that net and head learn, in the order in which it is used.
        List<Parameter> parameters() {
            List<Parameter> all = new ArrayList<>(net.parameters(input));
            if (!net.hasOwnOutput() && net.sharedHead() == null) {
                int in = net.width(input);
                int out = target.outputs();
                all.add(new Parameter(HEAD, Parameter.Kind.HEAD, List.of(out, in), in, out));
                if (head.hasBias()) {
                    all.add(new Parameter(HEAD_BIAS, Parameter.Kind.HEAD_BIAS, List.of(out), in, out));
                }
            }
            return all;
        }
    }

    private final Parts parts;
    private final int instances;
    private final Map<String, Tensor> parameters;

    /// @param parameters by the names of [Parts#parameters], each `[instance, ...]`; freed when it is closed
    SmallNet(Parts parts, int instances, Map<String, Tensor> parameters) {
        this.parts = parts;
        this.instances = instances;
        this.parameters = parameters;
    }

    /// At its start.
    static SmallNet start(Recipe recipe) {
        List<Long> seeds =
                recipe.instances().stream().map(TaskData.Instance::seed).toList();
        Parts parts = Parts.of(recipe);
        return new SmallNet(
                parts,
                seeds.size(),
                recipe.start()
                        .tensors(parts.parameters(), seeds, recipe.precision().dtype()));
    }

    /// Names of what is a matrix inside of the net.
    Set<String> matrices() {
        return parts.parameters().stream()
                .filter(parameter -> parameter.kind() == Parameter.Kind.MATRIX)
                .map(Parameter::name)
                .collect(Collectors.toSet());
    }

    @Override
    public Map<String, Tensor> parameters() {
        return parameters;
    }

    @Override
    public int instances() {
        return instances;
    }

    /// @return `[instance, n, out]`, or `[instance, n, pos, out]` where a token is asked for at each position
    Tensor outputs(Map<String, Tensor> from, Tensor x, Tap tap) {
        Tensor h = parts.net.forward(from, x, tap);
        if (parts.net.hasOwnOutput()) {
            return tap.at("outputs", h);
        }
        String shared = parts.net.sharedHead();
        Tensor weight = from.get(shared == null ? HEAD : shared);
        if (weight == null) {
            throw new IllegalArgumentException("no weights of the head among " + from.keySet());
        }
        Tensor features = tap.at("features", asked(h));
        Tensor rows = features.reshape(features.dim(0), -1, features.dim(-1)); // all positions alike
        Tensor outputs = parts.head.outputs(rows, weight, from.get(HEAD_BIAS));
        return tap.at("outputs", outputs.reshape(dims(features.shape().dims(), outputs.dim(-1))));
    }

    /// Of a net with positions the last one, where a task asks once.
    private Tensor asked(Tensor h) {
        boolean isOnce = parts.net.hasPositions() && !(parts.target instanceof Target.Tokens);
        return isOnce ? h.select(2, h.dim(2) - 1) : h;
    }

    private static long[] dims(long[] dims, long last) {
        long[] changed = dims.clone();
        changed[changed.length - 1] = last;
        return changed;
    }

    @Override
    public Tensor losses(Map<String, Tensor> from, Batch batch) {
        Tensor losses = parts.loss.of(outputs(from, batch.x(), Tap.NONE), batch, parts.target);
        Tensor embedding = from.get(parts.embedding());
        return parts.embeddingPenalty == 0 || embedding == null
                ? losses
                : losses.plus(penalty(embedding).times(parts.embeddingPenalty));
    }

    @Override
    public Optional<double[]> asked(Batch batch) {
        return Optional.of(parts.loss.asked(batch, parts.target));
    }

    /// The mean of the root mean squares of an embedding's columns, of each instance.
    private static Tensor penalty(Tensor embedding) {
        return Scope.keep(() -> embedding.square().mean(1, false).sqrt().mean(-1, false));
    }

    /// The loss without penalties, and the accuracy where there is one.
    @Override
    public Map<String, double[]> measures(Map<String, Tensor> from, Batch batch) {
        return Scope.free(() -> {
            Map<String, double[]> found = new LinkedHashMap<>();
            Tensor outputs = outputs(from, batch.x(), Tap.NONE);
            found.put(Progress.LOSS, parts.loss.of(outputs, batch, parts.target).toDoubles());
            parts.loss
                    .accuracy(outputs, batch, parts.target)
                    .ifPresent(share -> found.put(Progress.ACCURACY, share.toDoubles()));
            return found;
        });
    }

    @Override
    public String firstNotFinite(Map<String, Tensor> from, Batch batch) {
        String said = Objective.super.firstNotFinite(from, batch);
        String layer = Scope.free(() -> {
            FirstNotFinite first = new FirstNotFinite();
            outputs(from, batch.x(), first);
            return first.name;
        });
        return layer == null ? said : said + ", and the layer " + layer + " is the first whose output is not";
    }

    /// Remembers the first activation that is not finite.
    private static final class FirstNotFinite implements Tap {
        private @Nullable String name;

        @Override
        public Tensor at(String activation, Tensor value) {
            if (name == null && !value.isFinite().all()) {
                name = activation;
            }
            return value;
        }
    }

    @Override
    public void close() {
        parameters.values().forEach(Tensor::close);
    }
}
