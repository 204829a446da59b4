package cutaway.interp.path;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Path patching (Wang et al. 2022, arXiv:2211.00593, appendix B; Goldowsky-Dill et al. 2023, arXiv:2304.05969): what
/// a sender tells a receiver directly.
///
/// The sender's value is that of another run; all else between it and the receiver (every other head, every MLP) is
/// frozen as the base run has it. So the sender reaches the receiver by addition to the residual stream alone:
///
///     receiver = read(Norm(x + write(sender in the other run) - write(sender)))
///
/// with the norm computed anew. Then the base run goes on from the receiver, with nothing frozen. No forward pass is
/// needed before the receiver: each path becomes an edit of the receiver's value, for [cutaway.interp.run.Sweep].
public final class PathPatching implements AutoCloseable {

    private final Model model;
    private final Trace base;
    private final Trace other;

    /// Runs both once.
    ///
    /// @param base the run that is patched
    /// @param other the run that the sender's values are taken from; as long as the base
    /// @param senders all that will be asked about
    /// @param receivers all that will be asked about
    /// @throws BadInputException when the runs differ in length, or the model's norms stand on the residual stream
    public PathPatching(Model model, Source base, Source other, List<Site> senders, List<Receiver> receivers) {
        this.model = model;
        int[] ids = base.ids(model);
        int[] otherIds = other.ids(model);
        if (ids.length != otherIds.length) {
            throw new BadInputException(
                    "path patching takes values from a run of %d tokens into one of %d; give prompts of the same length."
                            .formatted(otherIds.length, ids.length));
        }
        if (model.transformer().blocks().getFirst() instanceof Block.PostNorm) {
            throw new BadInputException("path patching needs a residual stream that all parts add to; the norms of "
                    + model.family() + " stand on it.");
        }
        List<Site> written = senders.stream().map(PathPatching::read).toList();
        Set<Site> reads = new LinkedHashSet<>(written);
        receivers.forEach(receiver -> reads.add(stream(receiver)));
        this.base = Runs.run(model, Batch.of(ids), base.edits(), List.copyOf(reads));
        try {
            this.other = Runs.run(model, Batch.of(otherIds), other.edits(), written);
        } catch (RuntimeException e) {
            this.base.close();
            throw e;
        }
    }

    /// What is read of a sender.
    private static Site read(Site sender) {
        return switch (sender) {
            case Site.Head(int layer, int _, HeadPart part)
            when part == HeadPart.Z -> new Site.Heads(layer, HeadPart.Z);
            case Site.AttnOut _, Site.MlpOut _, Site.Embed _ -> sender;
            default ->
                throw new BadInputException(
                        "a sender of path patching is a head's z, an attention or MLP output, or the embedding; "
                                + SiteNames.legacy(sender) + " is another.");
        };
    }

    /// The residual stream that a receiver reads.
    private Site stream(Receiver receiver) {
        int layers = model.sizes().layers();
        return switch (receiver) {
            case Receiver.Logits _ -> new Site.Resid(layers - 1, Moment.POST);
            case Receiver.MlpInput(int layer)
            when block(layer) instanceof Block.Sequential -> new Site.Resid(layer, Moment.MID);
            case Receiver.MlpInput _, Receiver.Queries _, Receiver.Keys _, Receiver.Values _ ->
                new Site.Resid(receiver.layer(), Moment.PRE);
        };
    }

    private Block block(int layer) {
        return model.transformer().blocks().get(layer);
    }

    /// The edits that add to a receiver's value what it would read more if a sender alone had told it otherwise;
    /// none where the sender is the same in both runs. Of several senders to one receiver, made together, the
    /// changes add up.
    ///
    /// @param sender a head's z, an attention or MLP output, or the embedding, before the receiver
    /// @throws BadInputException when the sender does not write before the receiver reads
    public List<Edit> edits(Site sender, Receiver receiver) {
        check(sender, receiver);
        try (Scope scope = Scope.open()) {
            Tensor told = told(sender); // [pos, dModel]
            int first = firstChange(told);
            int length = (int) told.dim(0);
            if (first == length) {
                return List.of();
            }
            Positions changed = Positions.span(first, length - 1);
            Tensor change = told.slice(0, first, length);
            if (receiver instanceof Receiver.Logits) {
                return List.of(new Edit.Add(stream(receiver), changed, Values.of(change)));
            }
            Block block = block(receiver.layer());
            @Nullable Norm norm = receiver instanceof Receiver.MlpInput ? block.beforeMlp() : block.beforeAttention();
            Tensor stream = base.at(stream(receiver)).select(0, 0).slice(0, first, length);
            Tensor more = Norm.of(norm, stream.plus(change)).minus(Norm.of(norm, stream));
            Attention attention = block.attention();
            long dHead = attention.dHead();
            return switch (receiver) {
                case Receiver.Queries(int layer, int head) ->
                    List.of(add(
                            new Site.Head(layer, head, HeadPart.Q), changed, rows(attention.q(), head, dHead, more)));
                case Receiver.Keys(int layer, int head) ->
                    List.of(add(
                            new Site.Head(layer, head, HeadPart.K), changed, rows(attention.k(), head, dHead, more)));
                case Receiver.Values(int layer, int head) ->
                    List.of(add(
                            new Site.Head(layer, head, HeadPart.V), changed, rows(attention.v(), head, dHead, more)));
                case Receiver.MlpInput(int layer) -> mlp(layer, changed, more);
                case Receiver.Logits _ -> throw new IllegalStateException("answered above");
            };
        }
    }

    private void check(Site sender, Receiver receiver) {
        if (!writesBefore(sender, receiver)) {
            throw new BadInputException("%s writes too late for the receiver in block %d; senders come before it."
                    .formatted(SiteNames.legacy(sender), receiver.layer()));
        }
    }

    /// Whether a sender writes before a receiver reads.
    public boolean writesBefore(Site sender, Receiver receiver) {
        boolean sameBlock = receiver instanceof Receiver.MlpInput(int layer)
                && block(layer) instanceof Block.Sequential
                && !(sender instanceof Site.MlpOut);
        int last = sameBlock ? receiver.layer() : receiver.layer() - 1;
        return sender instanceof Site.Embed || sender.point().layer() <= last;
    }

    /// What the sender adds to the residual stream in the other run, less what it adds in the base, `[pos,
    /// dModel]`.
    private Tensor told(Site sender) {
        if (!(sender instanceof Site.Head(int layer, int head, HeadPart _))) {
            return other.at(sender).minus(base.at(sender)).select(0, 0);
        }
        Site all = new Site.Heads(layer, HeadPart.Z);
        Tensor z = base.at(all).select(0, 0); // [pos, head, dHead]
        Tensor change = other.at(all).select(0, 0).minus(z).slice(1, head, head + 1L);
        Attention attention = block(layer).attention();
        long dHead = attention.dHead();
        Tensor weight = attention.out().weight().whole().slice(1, head * dHead, (head + 1) * dHead); // [dModel, dHead]
        Tensor written = change.squeeze(1).linear(weight, null); // [pos, dModel]
        return HeadWrites.added(block(layer), z, written);
    }

    /// One head of a linear map without its bias, `[pos, dHead]`.
    private static Tensor rows(Linear map, int head, long dHead, Tensor x) {
        long[] of = LongStream.range(head * dHead, (head + 1) * dHead).toArray();
        return x.linear(map.weight().rows(Tensor.of(of, of.length)), null);
    }

    private List<Edit> mlp(int layer, Positions pos, Tensor x) {
        if (block(layer).mlp().dMlp() == 0) {
            return List.of();
        }
        Site pre = new Site.Neurons(layer, NeuronPart.PRE);
        return switch (block(layer).mlp()) {
            case Mlp.PlainMlp plain -> List.of(add(pre, pos, plain.in().weight().times(x, null)));
            case Mlp.GatedMlp gated ->
                List.of(
                        add(pre, pos, gated.gate().weight().times(x, null)),
                        add(
                                new Site.Neurons(layer, NeuronPart.PRE_LINEAR),
                                pos,
                                gated.up().weight().times(x, null)));
        };
    }

    private static Edit add(Site site, Positions pos, Tensor values) {
        return new Edit.Add(site, pos, Values.of(values));
    }

    /// The first position at which something differs from 0; the number of positions if none does.
    private static int firstChange(Tensor change) {
        double[] sizes = change.abs().max(-1, false).toDoubles();
        int first = 0;
        while (first < sizes.length && sizes[first] == 0) {
            first++;
        }
        return first;
    }

    @Override
    public void close() {
        base.close();
        other.close();
    }
}
