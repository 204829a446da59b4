package cutaway.model.tokenizer;

import cutaway.model.gguf.GgufFile;
import cutaway.model.tokenizer.Encoding.Span;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Turns text into token ids and back. Nothing is added, cut or padded: who wants BOS puts [#bos()] in front.
///
/// May be used from any thread. After [#close()] every method that needs the native library throws
/// `IllegalStateException`.
public final class Tokenizer implements AutoCloseable {

    private final TokenizerFacts facts;
    private final NativeTokenizer tokenizer;
    private @Nullable NativeTokenizer plain;
    private final AtomicReferenceArray<@Nullable String> shown;
    private final long[] anchor;
    private final String anchorText;

    private Tokenizer(TokenizerFacts facts) {
        this.facts = facts;
        this.tokenizer = new NativeTokenizer(facts.json().json(true));
        this.shown = new AtomicReferenceArray<>(facts.vocabSize());
        this.anchor = tokenizer.encode("a").ids();
        this.anchorText = tokenizer.decode(anchor, false);
    }

    /// The tokenizer of a Hugging Face model: `tokenizer.json`, and beside it, where there are such files,
    /// `tokenizer_config.json`, `config.json` and `chat_template.jinja`.
    ///
    /// @param path the folder or the tokenizer.json in it
    /// @throws BadInputException when the files are absent or not understood
    public static Tokenizer ofJson(Path path) {
        return new Tokenizer(FolderTokenizer.read(path));
    }

    /// The tokenizer in the metadata of a GGUF file; the file may be closed afterwards.
    ///
    /// @throws BadInputException when the metadata are incomplete or of a kind that Cutaway does not know
    public static Tokenizer of(GgufFile file) {
        return new Tokenizer(GgufTokenizer.read(file.metadata()));
    }

    /// As [#encode(String, boolean)], recognising special tokens.
    public Encoding encode(String text) {
        return encode(text, true);
    }

    /// Some vocabularies lack bytes (SmolLM2's has no U+0004): like the reference, this leaves them out, and the spans
    /// show the gap.
    ///
    /// @param parseSpecial whether special tokens written in the text, such as `<|im_start|>`, become their ids;
    /// false reads them as any other text, which is right for what strangers wrote
    /// @throws BadInputException when the text holds half of a surrogate pair, which is no character
    public Encoding encode(String text, boolean parseSpecial) {
        refuseHalfCharacters(text);
        boolean needsPlain = !parseSpecial
                && facts.added().stream().anyMatch(token -> token.special() && text.contains(token.content()));
        NativeTokenizer.Pieces pieces = (needsPlain ? plain() : tokenizer).encode(text);
        int[] ids = Arrays.stream(pieces.ids()).mapToInt(Math::toIntExact).toArray();
        var tokens = new ArrayList<String>(ids.length);
        var spans = new ArrayList<Span>(ids.length);
        int[] units = utf16Units(text);
        int last = 0;
        for (int i = 0; i < ids.length; i++) {
            tokens.add(token(ids[i]));
            var span = pieces.spans()[i];
            spans.add(span == null ? new Span(last, last) : new Span(units[span.getStart()], units[span.getEnd()]));
            last = spans.getLast().end();
        }
        return new Encoding(ids, tokens, spans);
    }

    /// @param skipSpecial leaves out special tokens such as `<|im_end|>`
    /// @throws BadInputException when an id is not in the vocabulary
    public String decode(int[] ids, boolean skipSpecial) {
        return tokenizer.decode(checked(ids), skipSpecial);
    }

    /// What one id stands for inside a text, for display: `" Paris"` with its space. The bytes of a character that is
    /// spread over several tokens show as U+FFFD.
    public String token(int id) {
        long[] checked = checked(new int[] {id});
        String text = shown.get(id);
        if (text == null) {
            text = facts.added().stream()
                    .filter(token -> token.id() == id)
                    .findFirst()
                    .map(TokenizerFacts.Added::content)
                    .orElseGet(() -> afterAnchor(checked[0]));
            shown.set(id, text);
        }
        return text;
    }

    /// Many decoders drop the space at the start of a text, so the id is decoded behind another one.
    private String afterAnchor(long id) {
        long[] ids = Arrays.copyOf(anchor, anchor.length + 1);
        ids[anchor.length] = id;
        String text = tokenizer.decode(ids, false);
        return text.startsWith(anchorText)
                ? text.substring(anchorText.length())
                : tokenizer.decode(new long[] {id}, false);
    }

    /// The id of a special token by its name, or of a text that is exactly one token (`" Mary"`).
    public OptionalInt idOf(String token) {
        OptionalInt added = facts.idOf(token);
        if (added.isPresent() || token.isEmpty()) {
            return added;
        }
        refuseHalfCharacters(token);
        long[] ids = tokenizer.encode(token).ids();
        return ids.length == 1 && token((int) ids[0]).equals(token)
                ? OptionalInt.of((int) ids[0])
                : OptionalInt.empty();
    }

    /// One more than the largest id; a model's embedding may have more rows, for padding.
    public int vocabSize() {
        return facts.vocabSize();
    }

    /// The token that begins a text.
    public OptionalInt bos() {
        return facts.bos();
    }

    /// The token that ends a text.
    public OptionalInt eos() {
        return facts.eos();
    }

    /// The token that ends a turn in a chat, where the files name one or the vocabulary has a known one.
    public OptionalInt eot() {
        return facts.eot();
    }

    /// Whether the model was trained to see [#bos()] before a text.
    public boolean addsBos() {
        return bos().isPresent() && before().contains(bos().getAsInt());
    }

    /// The ids that the model's own recipe puts before a text: BOS, or `[CLS]` for BERT.
    public List<Integer> before() {
        return facts.before();
    }

    /// The ids that the model's own recipe puts after a text: `[SEP]` for BERT, mostly none.
    public List<Integer> after() {
        return facts.after();
    }

    /// Whether an id is a special token: one that steers the model rather than being text.
    public boolean isSpecial(int id) {
        return facts.added().stream().anyMatch(token -> token.id() == id && token.special());
    }

    /// The Jinja template that turns messages into a prompt.
    public Optional<String> chatTemplate() {
        return facts.chatTemplate();
    }

    @Override
    public synchronized void close() {
        tokenizer.close();
        if (plain != null) {
            plain.close();
        }
    }

    private synchronized NativeTokenizer plain() {
        if (plain == null) {
            plain = new NativeTokenizer(facts.json().json(false));
        }
        return plain;
    }

    private long[] checked(int[] ids) {
        var checked = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= facts.vocabSize()) {
                throw new BadInputException("token id " + ids[i] + " is not in the vocabulary; expected 0 to "
                        + (facts.vocabSize() - 1) + ".");
            }
            checked[i] = ids[i];
        }
        return checked;
    }

    private static void refuseHalfCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                    throw new BadInputException("the text has half of a character (a lone surrogate) at position " + i
                            + "; expected valid Unicode: remove it or give its other half.");
                }
                i++;
            }
        }
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
}
