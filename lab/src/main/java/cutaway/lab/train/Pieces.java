package cutaway.lab.train;

import cutaway.tensor.Autograd;
import cutaway.tensor.Cores;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The losses of a batch and their gradients, a few instances and examples at a time, on all cores.
///
/// No loss depends on another instance, and each is a mean over examples: so whole passes, forward and back, run side
/// by side, each on one core and on values that stay near to it, where cores would share every operation else and
/// wait for each other after each. How a batch is cut depends on its size alone, never on the machine, and what
/// comes of the parts is added in their order.
final class Pieces implements AutoCloseable {

    /// Parameters times positions of a piece: fewer are not worth the operations that go over them.
    private static final long LEAST_WORK = 10_000_000;

    /// Where there are fewer groups of instances, examples are parted too; each part makes all gradients anew.
    private static final long ENOUGH = 4;

    private final Objective objective;
    private final List<String> names;
    private final long parametersOfOne;
    private final Map<Integer, List<Group>> groups = new LinkedHashMap<>();

    /// Instances that go together, with their parameters as leaves of the graph: views, which training moves.
    private record Group(int from, int until, Map<String, Tensor> leaves) {}

    /// Some examples of a group.
    private record Piece(Group group, long from, long until) {}

    /// What came of a batch.
    ///
    /// @param losses of each instance
    /// @param gradients of each parameter, of all instances; none where a loss is not finite
    record Slopes(double[] losses, List<Tensor> gradients) {
        double total() {
            return Arrays.stream(losses).sum();
        }
    }

    private record Part(double[] losses, List<Tensor> gradients) {
        boolean isFinite() {
            return Arrays.stream(losses).allMatch(Double::isFinite);
        }
    }

    Pieces(Objective objective) {
        this.objective = objective;
        this.names = List.copyOf(objective.parameters().keySet());
        this.parametersOfOne = objective.parameters().values().stream()
                        .mapToLong(parameter -> parameter.shape().count())
                        .sum()
                / Math.max(1, objective.instances());
    }

    /// The tensors belong to the scope that is open.
    Slopes of(Batch batch) {
        Optional<double[]> asked = objective.asked(batch);
        List<Piece> pieces = cut(batch, asked.isPresent());
        Part[] parts = new Part[pieces.size()];
        Cores.forEach(parts.length, i -> parts[(int) i] = part(pieces.get((int) i), batch, asked));
        try {
            return together(pieces, parts);
        } finally {
            for (Part part : parts) {
                part.gradients.forEach(Tensor::close);
            }
        }
    }

    private List<Piece> cut(Batch batch, boolean isSeparable) {
        if (!isSeparable) {
            return List.of(new Piece(groups(1).getFirst(), 0, batch.x().dim(0)));
        }
        long examples = batch.x().dim(1);
        long work = Math.max(1, parametersOfOne * examples * positions(batch.x()));
        int count = Math.clamp(objective.instances() * work / LEAST_WORK, 1, objective.instances());
        long most = Math.min(examples, Math.ceilDiv(ENOUGH, count));
        long parts = Math.clamp(objective.instances() * work / count / LEAST_WORK, 1, Math.max(1, most));
        List<Piece> pieces = new ArrayList<>();
        for (Group group : groups(count)) {
            for (long i = 0; i < parts; i++) {
                pieces.add(new Piece(group, examples * i / parts, examples * (i + 1) / parts));
            }
        }
        return pieces;
    }

    /// Of an example: tokens or pixels, which share the parameters.
    private static long positions(Tensor x) {
        boolean isVector = x.dtype().isFloating() && x.shape().rank() == 3;
        return isVector ? 1 : x.shape().count() / Math.max(1, x.dim(0) * x.dim(1));
    }

    private List<Group> groups(int count) {
        return groups.computeIfAbsent(
                count,
                _ -> IntStream.range(0, count)
                        .mapToObj(i -> group(
                                objective.instances() * i / count, objective.instances() * (i + 1) / count, count == 1))
                        .toList());
    }

    private Group group(int from, int until, boolean isAll) {
        Map<String, Tensor> leaves = new LinkedHashMap<>();
        objective
                .parameters()
                .forEach((name, whole) -> leaves.put(
                        name,
                        Scope.detach(Scope.keep(() -> Autograd.track(isAll ? whole : whole.slice(0, from, until))))));
        return new Group(from, until, leaves);
    }

    private Part part(Piece piece, Batch batch, Optional<double[]> asked) {
        try (Scope _ = Scope.openForAll()) {
            Batch own = asked.isPresent() ? own(batch, piece) : batch;
            Tensor losses = objective.losses(piece.group.leaves, own); // [instance]
            if (asked.isPresent() && piece.until - piece.from < batch.x().dim(1)) {
                losses = losses.times(shares(piece, own, asked.get()).to(losses.dtype()));
            }
            Part found = new Part(losses.toDoubles(), List.of());
            if (!found.isFinite()) {
                return found;
            }
            List<Tensor> gradients = Autograd.lastGradients(losses.sum(), List.copyOf(piece.group.leaves.values()));
            gradients.forEach(Scope::detach);
            return new Part(found.losses, gradients);
        }
    }

    /// How much of each instance's mean the piece makes up.
    private Tensor shares(Piece piece, Batch own, double[] asked) {
        double[] shares = objective.asked(own).orElseThrow();
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= asked[piece.group.from + i];
        }
        return Tensor.of(shares, shares.length);
    }

    private static Batch own(Batch batch, Piece piece) {
        Tensor weight = batch.weight();
        return new Batch(
                own(batch.x(), piece),
                own(batch.y(), piece),
                weight == null ? null : weight.slice(0, piece.group.from, piece.group.until));
    }

    private static Tensor own(Tensor all, Piece piece) {
        return all.slice(0, piece.group.from, piece.group.until).slice(1, piece.from, piece.until);
    }

    private Slopes together(List<Piece> pieces, Part[] parts) {
        double[] losses = new double[objective.instances()];
        for (int i = 0; i < parts.length; i++) {
            Group group = pieces.get(i).group;
            for (int j = group.from; j < group.until; j++) {
                losses[j] += parts[i].losses[j - group.from];
            }
        }
        if (!Arrays.stream(losses).allMatch(Double::isFinite)) {
            return new Slopes(losses, List.of());
        }
        return new Slopes(
                losses,
                IntStream.range(0, names.size())
                        .mapToObj(at -> Scope.keep(() -> gradient(at, pieces, parts)))
                        .toList());
    }

    private static Tensor gradient(int at, List<Piece> pieces, Part[] parts) {
        List<Tensor> ofGroups = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            Tensor found = parts[i].gradients.get(at);
            if (pieces.get(i).from > 0) {
                ofGroups.add(ofGroups.removeLast().plus(found));
            } else {
                ofGroups.add(found);
            }
        }
        return ofGroups.size() == 1 ? ofGroups.getFirst().alias() : Tensor.cat(ofGroups, 0);
    }

    @Override
    public void close() {
        groups.values()
                .forEach(all -> all.forEach(group -> group.leaves.values().forEach(Tensor::close)));
    }
}
