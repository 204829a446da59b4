package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import java.util.HashSet;
import java.util.List;

/// What is harvested: with the model and the text, it decides every byte of a store's shards.
///
/// @param sites whose vectors are kept, in this order
/// @param tokens vectors of each site that are wanted at most; 0 for all of the text
/// @param context tokens of a context, with what the model's recipe puts before and after a text
/// @param seed of the order
public record HarvestSettings(List<Site> sites, long tokens, int context, long seed, Order order, Kept kept) {

    /// Which vectors are kept, and what of them.
    ///
    /// @param type the vectors' numbers
    /// @param special whether special tokens (BOS and the like) have vectors in the store too
    /// @param sinks whether attention sinks do: tokens with a vector that is more than five times as long as the
    ///     median of its site, over the tokens of the first pass
    /// @param loss whether the loss at each token is kept: `-ln p(next token | context so far)`, nats, which takes
    ///     the model's whole pass
    public record Kept(StoredType type, boolean special, boolean sinks, boolean loss) {

        /// Float32, without special tokens, with sinks, without the loss.
        public static final Kept USUAL = new Kept(StoredType.F32, false, true, false);
    }

    /// Tokens of a context where nothing else is said.
    public static final int USUAL_CONTEXT = 128;

    public HarvestSettings {
        sites = List.copyOf(sites);
        if (sites.isEmpty()) {
            throw new BadInputException("no sites are to be harvested; name one, such as resid_post[15].");
        }
        if (new HashSet<>(sites).size() < sites.size()) {
            throw new BadInputException("a site is named twice among "
                    + sites.stream().map(Site::text).toList() + "; name each once.");
        }
        if (tokens < 0) {
            throw new BadInputException(tokens + " tokens are to be harvested; expected 1 or more.");
        }
        if (context < 1) {
            throw new BadInputException("contexts of " + context + " tokens; expected 1 or more.");
        }
    }

    /// All of a text, shuffled, in contexts of the usual length.
    public static HarvestSettings of(Site... sites) {
        return new HarvestSettings(List.of(sites), 0, USUAL_CONTEXT, 0, Order.SHUFFLED, Kept.USUAL);
    }
}
