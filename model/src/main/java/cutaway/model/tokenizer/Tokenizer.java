package cutaway.model.tokenizer;

import cutaway.model.gguf.GgufFile;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
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
    private final Engine engine;
    private @Nullable Engine plain;
    private final AtomicReferenceArray<@Nullable String> shown;
    private final int[] anchor;
    private final String anchorText;

    private Tokenizer(TokenizerFacts facts) {
        this.facts = facts;
        this.engine = facts.engine().open(true);
        this.shown = new AtomicReferenceArray<>(facts.vocabSize());
        this.anchor = anchor(engine);
        this.anchorText = engine.decode(anchor, false);
    }

    /// Some tokens before others; of a vocabulary of words alone, the first.
    private static int[] anchor(Engine engine) {
        try {
            return engine.encode("a").ids();
        } catch (BadInputException e) {
            return new int[] {0};
        }
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
        boolean needsPlain =
                !parseSpecial && facts.added().stream().anyMatch(token -> token.special() && token.mayBeIn(text));
        Engine.Pieces pieces = (needsPlain ? plain() : engine).encode(text);
        List<String> tokens = Arrays.stream(pieces.ids()).mapToObj(this::token).toList();
        return new Encoding(pieces.ids(), tokens, pieces.spans());
    }

    /// @param skipSpecial leaves out special tokens such as `<|im_end|>`
    /// @throws BadInputException when an id is not in the vocabulary
    public String decode(int[] ids, boolean skipSpecial) {
        check(ids);
        return engine.decode(ids, skipSpecial);
    }

    /// What one id stands for inside a text, for display: `" Paris"` with its space. The bytes of a character that is
    /// spread over several tokens show as U+FFFD.
    public String token(int id) {
        check(id);
        String text = shown.get(id);
        if (text == null) {
            text = facts.added().stream()
                    .filter(token -> token.id() == id)
                    .findFirst()
                    .map(TokenizerFacts.Added::content)
                    .orElseGet(() -> afterAnchor(id));
            shown.set(id, text);
        }
        return text;
    }

    /// Many decoders drop the space at the start of a text, so the id is decoded behind another one.
    private String afterAnchor(int id) {
        int[] ids = Arrays.copyOf(anchor, anchor.length + 1);
        ids[anchor.length] = id;
        String text = engine.decode(ids, false);
        return text.startsWith(anchorText) ? text.substring(anchorText.length()) : engine.decode(new int[] {id}, false);
    }

    /// The id of a special token by its name, or of a text that is exactly one token (`" Mary"`).
    public OptionalInt idOf(String token) {
        OptionalInt added = facts.idOf(token);
        if (added.isPresent() || token.isEmpty()) {
            return added;
        }
        refuseHalfCharacters(token);
        OptionalInt id = single(token, token);
        return id.isEmpty() && token.startsWith(" ") ? single(token.substring(1), token) : id;
    }

    /// Where the tokenizer puts a space before a text by itself, `"Mary"` is what gives the token `" Mary"`.
    private OptionalInt single(String text, String token) {
        int[] ids = engine.encode(text).ids();
        return ids.length == 1 && token(ids[0]).equals(token) ? OptionalInt.of(ids[0]) : OptionalInt.empty();
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
        engine.close();
        if (plain != null) {
            plain.close();
        }
    }

    private synchronized Engine plain() {
        if (plain == null) {
            plain = facts.engine().open(false);
        }
        return plain;
    }

    private void check(int... ids) {
        for (int id : ids) {
            if (id < 0 || id >= facts.vocabSize()) {
                throw new BadInputException(
                        "token id " + id + " is not in the vocabulary; expected 0 to " + (facts.vocabSize() - 1) + ".");
            }
        }
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
}
