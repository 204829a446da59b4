package cutaway.features.store;

import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Locale;

/// What a harvest may take.
///
/// @param memory bytes of native memory beyond the weights
/// @param disk bytes of all files of the store together
/// @param passTokens of a pass at most, but for one context that is longer; between passes others can be heard
public record Limits(long memory, long disk, int passTokens) {

    /// Tokens beyond which a pass gets no faster.
    private static final int ENOUGH_TOKENS = 2048;

    /// Vectors of a shard, at least and at most: few enough for a file to be copied, enough to be mixed.
    private static final int FEWEST_ROWS = 256;

    private static final int MOST_ROWS = 1 << 18;

    /// Two shards are in memory: one is filled while the other is written.
    private static final int BUFFERS = 2;

    /// 600 MB, and as much disk as there is.
    public static final Limits USUAL = new Limits(600_000_000, Long.MAX_VALUE);

    public Limits(long memory, long disk) {
        this(memory, disk, ENOUGH_TOKENS);
    }

    /// A third of the memory is for the model's pass, the rest for shards.
    ///
    /// @throws BadInputException when the memory is too little
    StoreFacts.Layout layout(SitePass pass, HarvestSettings settings) {
        List<Integer> widths = pass.widths();
        long rowBytes = ShardBuffer.rowBytes(settings, widths);
        long perToken = pass.bytesPerToken(settings.context())
                + 3L * 4 * widths.stream().mapToLong(Integer::longValue).sum();
        int fewest = Math.max(FEWEST_ROWS, settings.context());
        long needed = pass.bytesOfLogits() + perToken * settings.context() + BUFFERS * rowBytes * fewest;
        if (memory < needed) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "%.0f MB of memory are too little to harvest contexts of %d tokens, which takes at least %.0f MB"
                            + " beyond the weights; give --memory more, or shorten --context.",
                    memory / 1e6,
                    settings.context(),
                    Math.ceil(needed / 1e6)));
        }
        long batch = (memory - pass.bytesOfLogits()) / 3 / perToken;
        int batchTokens = Math.clamp(batch, settings.context(), Math.max(passTokens, settings.context()));
        long left = memory - pass.bytesOfLogits() - batchTokens * perToken;
        long rows = Math.clamp(left / BUFFERS / rowBytes, fewest, MOST_ROWS);
        long wanted = settings.tokens() == 0 ? rows : Math.max(settings.tokens(), settings.context());
        return new StoreFacts.Layout(widths, batchTokens, (int) Math.min(rows, wanted));
    }

    /// How many vectors of each site there may be.
    ///
    /// @throws BadInputException when that is fewer than were asked for, or none
    long most(HarvestSettings settings, List<Integer> widths) {
        long rowBytes = ShardBuffer.rowBytes(settings, widths);
        long fit = disk / rowBytes;
        if (settings.tokens() > fit || fit == 0) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "%,d vectors of each of %d sites take %.2f GB, and --max-size allows %.2f GB; harvest at most"
                            + " %,d --tokens, or fewer sites%s.",
                    Math.max(1, settings.tokens()),
                    widths.size(),
                    Math.max(1, settings.tokens()) * (double) rowBytes / 1e9,
                    disk / 1e9,
                    fit,
                    settings.kept().type().lighter()));
        }
        return settings.tokens() == 0 ? fit : settings.tokens();
    }
}
