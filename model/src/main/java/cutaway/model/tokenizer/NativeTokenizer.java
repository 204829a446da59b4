package cutaway.model.tokenizer;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import cutaway.model.tokenizer.Encoding.Span;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One tokenizer of the native library, with truncation and padding off.
///
/// We call DJL's native methods rather than its `HuggingFaceTokenizer`: that class contacts a telemetry server when
/// it is made, truncates at 512 tokens unless told otherwise, and fetches eight arrays where we need two.
final class NativeTokenizer implements Engine {

    static {
        loadLibrary();
    }

    /// Characters of a text that a message shows.
    private static final int SHOWN = 60;

    private static final TokenizersLibrary LIB = TokenizersLibrary.LIB;

    /// Readers use the handle, the writer frees it: a freed handle would bring the whole JVM down.
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private long handle;

    /// @throws BadInputException when the library does not accept the tokenizer.json
    NativeTokenizer(String tokenizerJson) {
        try {
            handle = LIB.createTokenizerFromString(tokenizerJson);
        } catch (RuntimeException e) {
            throw new BadInputException(
                    "the tokenizer cannot be built: " + e.getMessage()
                            + "; expected a tokenizer.json that Hugging Face's tokenizers 0.21 reads.",
                    e);
        }
        LIB.disableTruncation(handle);
        LIB.disablePadding(handle);
    }

    @Override
    public Pieces encode(String text) {
        return locked(tokenizer -> {
            long encoding = encode(tokenizer, text);
            try {
                long[] ids = LIB.getTokenIds(encoding);
                return new Pieces(
                        Arrays.stream(ids).mapToInt(Math::toIntExact).toArray(),
                        spans(text, LIB.getTokenCharSpans(encoding)));
            } finally {
                LIB.deleteEncoding(encoding);
            }
        });
    }

    /// The library refuses a text that its vocabulary has no pieces for, where the file names no unknown token either.
    private static long encode(long tokenizer, String text) {
        try {
            return LIB.encode(tokenizer, text, false);
        } catch (RuntimeException e) {
            throw new BadInputException(
                    "the tokenizer has no token for a part of \"" + shortened(text) + "\" (" + e.getMessage()
                            + "); expected the words of its vocabulary alone.",
                    e);
        }
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    /// From code points, which the library counts; it leaves out the span of what came from no part of the text.
    private static List<Span> spans(String text, @Nullable CharSpan[] points) {
        int[] units = utf16Units(text);
        var spans = new ArrayList<Span>(points.length);
        int last = 0;
        for (CharSpan span : points) {
            spans.add(
                    span == null
                            ? new Span(last, last)
                            : new Span(units[inside(span.getStart(), units)], units[inside(span.getEnd(), units)]));
            last = spans.getLast().end();
        }
        return spans;
    }

    /// Behind some normalisers the library counts characters that it put there itself.
    private static int inside(int point, int[] units) {
        return Math.clamp(point, 0, units.length - 1);
    }

    /// For each code point of the text, and its end, where it begins in UTF-16 units.
    private static int[] utf16Units(String text) {
        var units = new int[text.codePointCount(0, text.length()) + 1];
        for (int point = 0, unit = 0; point < units.length; point++) {
            units[point] = unit;
            unit += unit < text.length() ? Character.charCount(text.codePointAt(unit)) : 0;
        }
        return units;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        long[] wide = Arrays.stream(ids).asLongStream().toArray();
        return locked(tokenizer -> LIB.decode(tokenizer, wide, skipSpecial));
    }

    private <R> R locked(Function<Long, R> action) {
        lock.readLock().lock();
        try {
            if (handle == 0) {
                throw new IllegalStateException("this tokenizer was closed");
            }
            return action.apply(handle);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                LIB.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Extracts and loads the library with settings that keep DJL quiet, off the network (no build for CUDA is looked
    /// for) and in Cutaway's own cache folder. What a user has set goes before ours; nothing of ours stays set but
    /// the verbosity of SLF4J, which otherwise prints that it found no logger.
    private static void loadLibrary() {
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        var settings = new HashMap<>(Map.of("RUST_FLAVOR", "cpu", "ai.djl.offline", "true"));
        if (!isSet("DJL_CACHE_DIR")) {
            settings.put("ENGINE_CACHE_DIR", cacheFolder().resolve("djl").toString());
        }
        settings.keySet().removeIf(NativeTokenizer::isSet);
        settings.forEach(System::setProperty);
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException e) {
            throw new BadInputException(
                    "the native tokenizer library does not load (" + e + "); it needs a folder that"
                            + " can be written, " + settings.get("ENGINE_CACHE_DIR")
                            + ", on Linux, macOS (arm64) or Windows.",
                    e);
        } finally {
            settings.keySet().forEach(System::clearProperty);
        }
    }

    private static boolean isSet(String name) {
        return System.getenv(name) != null || System.getProperty(name) != null;
    }

    private static Path cacheFolder() {
        String own = System.getenv("CUTAWAY_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        return (xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("cutaway");
    }
}
