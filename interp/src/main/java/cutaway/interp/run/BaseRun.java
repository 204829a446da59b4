package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.EditTap.RowEdit;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// The run that variants differ from: the residual stream before each block, and the keys and values of all positions.
///
/// Its own edits are part of it, and go on to apply to what variants compute anew.
final class BaseRun implements AutoCloseable {

    private final Model model;
    private final Source source;
    private final int[] ids;
    private final List<Tensor> residuals =
            new ArrayList<>(); // by layer, [1, pos, dModel]; the last one after all blocks
    private final Past.Cache keysValues;
    private final int[] applied; // by edit: at how many positions

    /// Runs it once.
    ///
    /// @param operands values for its edits
    BaseRun(Model model, Source source, Operands operands) {
        this.model = model;
        this.source = source;
        this.ids = source.ids(model);
        this.keysValues = new Past.Cache(ids.length);
        this.applied = new int[source.edits().size()];
        try {
            run(operands);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void run(Operands operands) {
        Batch batch = Batch.of(ids);
        Set<Point> points = new HashSet<>();
        for (int layer = 0; layer < model.sizes().layers(); layer++) {
            points.add(new Point(Kind.RESID_PRE, layer));
        }
        EditTap tap = new EditTap(new Placement.Padded(batch), edits(), operands, points, false);
        try (Scope scope = Scope.open()) {
            Tensor last = model.residual(batch, tap, keysValues);
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                residuals.add(value(tap, layer));
            }
            residuals.add(Scope.detach(last.alias()));
        } catch (RuntimeException e) {
            tap.seen().values().forEach(Tensor::close);
            throw e;
        }
        for (int i = 0; i < applied.length; i++) {
            applied[i] = tap.applied(i);
        }
    }

    /// What applies its edits after the blocks to its last positions.
    ///
    /// @param positions how many of them
    EditTap afterBlocks(Operands operands, int positions) {
        List<RowEdit> after = edits().stream()
                .filter(edit -> edit.edit().site().point().kind().place() == Point.Place.AFTER)
                .toList();
        return new EditTap(Placement.Packed.tails(1, positions, ids.length), after, operands, Set.of(), false);
    }

    /// @param afterBlocks the tap that was used there
    /// @throws BadInputException when one of its edits was never reached
    void checkApplied(EditTap afterBlocks) {
        for (int i = 0; i < applied.length; i++) {
            checkApplied(source.edits().get(i), applied[i] + afterBlocks.applied(i));
        }
    }

    private static Tensor value(EditTap tap, int layer) {
        Tensor value = tap.seen().get(new Point(Kind.RESID_PRE, layer));
        if (value == null) {
            throw new IllegalStateException("the base run did not reach layer " + layer);
        }
        return value;
    }

    /// @param positions how many an edit was applied at
    /// @throws BadInputException when there are none
    static void checkApplied(Edit edit, int positions) {
        if (positions == 0) {
            throw new BadInputException(
                    "the edit of " + SiteNames.legacy(edit.site()) + " was never reached; check its positions.");
        }
    }

    Transformer transformer() {
        return model.transformer();
    }

    int layers() {
        return model.sizes().layers();
    }

    Source source() {
        return source;
    }

    int[] ids() {
        return ids;
    }

    /// Tokens of the prompt.
    int length() {
        return ids.length;
    }

    /// Its own edits, numbered from 0, for every row.
    List<RowEdit> edits() {
        return Runs.everyRow(source.edits());
    }

    /// The residual stream before a block, after its edits there; of the number of blocks, after the last one:
    /// `[1, pos, dModel]`.
    Tensor residual(int layer) {
        return residuals.get(layer);
    }

    /// A pass of variants, which have its keys and values before their first positions.
    Pass pass(Placement.Packed placement) {
        int rows = placement.isAlike() ? 1 : placement.valueRows(); // rows of a batch share their positions
        long[] positions = IntStream.range(0, rows * placement.length())
                .mapToLong(placement::position)
                .toArray();
        return transformer()
                .packed(Tensor.of(positions, rows, placement.length()), placement.first(), ids.length, keysValues);
    }

    @Override
    public void close() {
        residuals.forEach(Tensor::close);
        keysValues.close();
    }
}
