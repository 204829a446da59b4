package cutaway.interp.run;

import cutaway.interp.edit.Source;
import cutaway.model.Model;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// How the end of a run depends on the residual stream at one position of one layer, to first order:
///
///     end(state + d) ~ end(state) + jacobian d
///
/// `end` is the residual stream after the last block at the last position, before the final norm. All else that the
/// run computes up to that layer stays as it is; what comes later at this position and behind it follows.
///
/// The rows of a batch are one run with one number of the end asked of each, so that a batch of backward passes gives
/// as many rows of the matrix; positions before the one that changes are never computed again, and every layer that is
/// asked for is read off the same passes.
public final class Jacobian {

    /// Tokens of a batch: what one keeps for its backward pass is some hundred MB in models of a few hundred million
    /// weights.
    private static final int TOKENS = 256;

    private Jacobian() {}

    /// @param layer after whose block the state stands
    /// @param state `[dModel]`
    /// @param end `[dModel]`
    /// @param jacobian `[dModel of the end, dModel of the state]`
    public record Expansion(int layer, Tensor state, Tensor end, Tensor jacobian) {}

    /// Is told what part of the rows is done.
    public interface Progress {
        void tell(double done);
    }

    /// @param ids the prompt
    /// @param position of the state, from 0
    /// @param layers after whose blocks, ascending; all but the last block
    /// @return in the order of the layers; their tensors belong to the scope that is open
    /// @throws BadInputException when the model has no such layer or position, or sees later positions from earlier
    ///     ones
    public static List<Expansion> of(Model model, int[] ids, int position, List<Integer> layers, Progress progress) {
        int length = ids.length;
        check(model, length, position, layers);
        Source run = Source.of(ids, List.of());
        try (Scope scope = Scope.open();
                Operands operands = new Operands(model, run, List.of());
                BaseRun base = new BaseRun(model, run, operands)) {
            int d = model.sizes().dModel();
            int rows = Math.max(1, Math.min(d, TOKENS / (length - position)));
            List<List<Tensor>> parts = layers.stream()
                    .map(_ -> (List<Tensor>) new ArrayList<Tensor>())
                    .toList();
            for (int first = 0; first < d; first += rows) {
                progress.tell((double) first / d);
                List<Tensor> found = rows(base, position, layers, first, Math.min(d, first + rows));
                for (int i = 0; i < found.size(); i++) {
                    parts.get(i).add(found.get(i));
                }
            }
            List<Expansion> expansions = new ArrayList<>();
            for (int i = 0; i < layers.size(); i++) {
                int layer = layers.get(i);
                expansions.add(new Expansion(
                        layer,
                        scope.release(at(base.residual(layer + 1), position)),
                        scope.release(at(base.residual(base.layers()), length - 1)),
                        scope.release(Tensor.cat(parts.get(i), 0))));
            }
            return expansions;
        }
    }

    /// Of any function of a vector.
    ///
    /// @param function from `[n, d]` to `[n, d]`, row by row, of operations that can be differentiated
    /// @param state `[d]`
    /// @return its layer is 0
    public static Expansion of(UnaryOperator<Tensor> function, Tensor state) {
        try (Scope scope = Scope.open()) {
            long d = state.dim(0);
            Tensor tracked = Autograd.track(state.reshape(1, -1).expand(d, d).contiguous());
            Tensor ends = function.apply(tracked);
            Tensor asked = diagonal(state, 0, (int) d, (int) d);
            Tensor jacobian = Autograd.gradients(ends.times(asked).sum(), List.of(tracked))
                    .getFirst();
            return new Expansion(
                    0,
                    scope.release(state.copy()),
                    scope.release(Autograd.untracked(ends).select(0, 0).copy()),
                    scope.release(jacobian.alias()));
        }
    }

    private static void check(Model model, int length, int position, List<Integer> layers) {
        int last = model.sizes().layers() - 2;
        if (!model.sizes().isCausal()) {
            throw new BadInputException("in this model earlier positions see later ones, so that one position's state"
                    + " changes all others; Jacobians are of decoders.");
        }
        if (position < 0 || position >= length) {
            throw new BadInputException(
                    "position " + position + " of a prompt of " + length + " tokens; give 0 to " + (length - 1) + ".");
        }
        if (layers.isEmpty()
                || layers.getFirst() < 0
                || layers.getLast() > last
                || IntStream.range(1, layers.size()).anyMatch(i -> layers.get(i) <= layers.get(i - 1))) {
            throw new BadInputException("layers " + layers + "; give some from 0 to " + last
                    + " in ascending order: the model has " + (last + 2)
                    + ", and what the last block leaves is the end itself.");
        }
    }

    /// Some rows of every layer's matrix, `[row, dModel]` each.
    private static List<Tensor> rows(BaseRun base, int position, List<Integer> layers, int first, int end) {
        return Scope.keepAll(() -> {
            Transformer transformer = base.transformer();
            int[] starts = new int[end - first];
            Arrays.fill(starts, position);
            Placement.Packed placement = Placement.Packed.of(starts, base.length());
            Pass pass = base.pass(placement);
            int from = layers.getFirst() + 1;
            Tensor residual = Autograd.track(Alignment.atPlaces(base.residual(from), placement));
            List<Tensor> states = new ArrayList<>(List.of(residual));
            for (int layer : layers.subList(1, layers.size())) {
                residual = transformer.blocks(residual, from, layer + 1, pass, Tap.NONE);
                from = layer + 1;
                states.add(residual);
            }
            Tensor ends = transformer.toLast(residual, from, pass, Tap.NONE).squeeze(1); // [row, dModel]
            Tensor asked = diagonal(ends, first, end, ends.dim(1));
            return Autograd.gradients(ends.times(asked).sum(), states).stream()
                    .map(gradient -> gradient.select(1, 0).copy())
                    .toList();
        });
    }

    /// Ones where row i asks for number `first + i`, `[end - first, width]`.
    private static Tensor diagonal(Tensor like, int first, int end, long width) {
        return Scope.keep(() -> {
            Tensor rows = Tensor.range(first, end).unsqueeze(1);
            return rows.equalTo(Tensor.range(0, width).unsqueeze(0)).to(like.dtype());
        });
    }

    /// @param residual `[1, pos, dModel]`
    private static Tensor at(Tensor residual, int position) {
        return residual.select(0, 0).select(0, position).copy();
    }
}
