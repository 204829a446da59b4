package cutaway.model.tokenizer;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/// How a text is cut into words before byte-pair merges, by the name in `tokenizer.ggml.pre`: a GGUF file holds only
/// the name.
///
/// Sources: each model's tokenizer.json for the expressions, and `llama_vocab::impl::load` and `llm_tokenizer_bpe`
/// in src/llama-vocab.cpp of llama.cpp for the names, for `ignore_merges`, and for DEFAULT, which is llama.cpp's own
/// guess where a file does not say. Where llama.cpp writes an expression differently, because its own engine lacks a
/// feature, the model's stands here.
enum PreTokenizer {
    DEFAULT(List.of("default", ""), List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Words.GPT2, "\\p{N}+", "[0-9][0-9][0-9]")),
    GPT2(List.of("gpt-2", "gpt2", "phi-2", "jais", "roberta-bpe"), List.of(Words.GPT2)),
    NEOX(List.of("olmo", "mpt", "gpt-neox"), List.of(Words.GPT2)),
    SMOLLM(List.of("smollm", "starcoder", "refact", "codeshell"), List.of("\\p{N}", Words.GPT2)),
    COMMAND_R(List.of("command-r"), List.of("\\p{N}", Words.GPT2)),
    FALCON(List.of("falcon"), List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Words.GPT2, "[0-9][0-9][0-9]")),
    LLAMA3(
            List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "lfm2"),
            List.of(Words.cl100k("\\p{N}{1,3}"))),
    DBRX(List.of("dbrx", "smaug-bpe", "glm4", "chatglm-bpe"), List.of(Words.cl100k("\\p{N}{1,3}"))),
    QWEN2(List.of("qwen2", "deepseek-r1-qwen"), List.of(Words.cl100k("\\p{N}"))),
    QWEN35(List.of("qwen35"), List.of(Words.QWEN35)),
    TEKKEN(List.of("tekken"), List.of(Words.o200k("", "\\p{N}"))),
    GPT4O(List.of("gpt-4o", "llama4"), List.of(Words.o200k("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "\\p{N}{1,3}"))),
    DEEPSEEK_LLM(
            List.of("deepseek-llm"),
            List.of(
                    "[\r\n]",
                    "\\s?[" + Words.CASED + "]+",
                    "\\s?[!-/:-~！-／：-～‘-‟　-。]+",
                    "\\s+$",
                    "[一-龥ࠀ-一가-퟿]+",
                    "\\p{N}+")),
    DEEPSEEK_CODER(
            List.of("deepseek-coder"), List.of("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+", "\\p{N}")),
    DEEPSEEK3(
            List.of("deepseek-v3"),
            List.of(
                    "\\p{N}{1,3}",
                    "[一-龥぀-ゟ゠-ヿ]+",
                    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                            + "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"));

    private static final class Words {
        static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
        static final String QWEN35 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        /// Letters of scripts that have capitals.
        static final String CASED =
                "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕ"
                    + "ἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u1F7Dᾀ-ᾴᾶ-ᾼ\u1FBEῂ-ῄῆ-ῌῐ-\u1FD3ῖ-\u1FDBῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212A-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭ"
                    + "Ꚁ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃";

        static String cl100k(String digits) {
            return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        }

        static String o200k(String suffix, String digits) {
            String capitals = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
            String small = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
            String before = "[^\\r\\n\\p{L}\\p{N}]?";
            return before + capitals + "*" + small + "+" + suffix + "|" + before + capitals + "+" + small + "*" + suffix
                    + "|" + digits + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        }
    }

    private final List<String> names;
    private final List<String> expressions;

    PreTokenizer(List<String> names, List<String> expressions) {
        this.names = names;
        this.expressions = expressions;
    }

    static PreTokenizer named(String name) {
        return Stream.of(values())
                .filter(pre -> pre.names.contains(name))
                .findFirst()
                .orElseThrow(() -> new BadInputException("the file names the pre-tokenizer " + name
                        + ", which Cutaway does not know; it knows " + known()
                        + ". Open the model's Hugging Face folder, which has a tokenizer.json."));
    }

    /// The name for a way of cutting, if GGUF has one.
    ///
    /// @param expressions one after another
    static Optional<String> nameOf(List<String> expressions, boolean composes, boolean ignoresMerges) {
        return Stream.of(values())
                .filter(pre -> pre.expressions.equals(expressions)
                        && pre.composes() == composes
                        && pre.ignoresMerges() == ignoresMerges)
                .map(pre -> pre.names.getFirst())
                .findFirst();
    }

    /// The expression that cuts GPT-2's words.
    static String gpt2Words() {
        return Words.GPT2;
    }

    private static String known() {
        return Arrays.stream(values())
                .flatMap(pre -> pre.names.stream())
                .filter(name -> !name.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /// Whether a word that is in the vocabulary becomes one token without looking at the merges.
    boolean ignoresMerges() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /// Whether texts start with BOS where the file does not say.
    boolean addsBos() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /// The tokenizer.json of these models composes characters first (NFC), llama.cpp does not; the others leave the
    /// text alone.
    boolean composes() {
        return this == QWEN2 || this == QWEN35 || this == NEOX || this == COMMAND_R;
    }

    /// The `pre_tokenizer` of a tokenizer.json: one split per expression, then bytes as printable characters.
    void write(JsonGenerator json) {
        json.writeObjectPropertyStart("pre_tokenizer");
        json.writeStringProperty("type", "Sequence");
        json.writeArrayPropertyStart("pretokenizers");
        for (String expression : expressions) {
            json.writeStartObject();
            json.writeStringProperty("type", "Split");
            json.writeObjectPropertyStart("pattern");
            json.writeStringProperty("Regex", expression);
            json.writeEndObject();
            json.writeStringProperty("behavior", "Isolated");
            json.writeBooleanProperty("invert", false);
            json.writeEndObject();
        }
        json.writeStartObject();
        writeByteLevel(json);
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }

    static void writeByteLevel(JsonGenerator json) {
        json.writeStringProperty("type", "ByteLevel");
        json.writeBooleanProperty("add_prefix_space", false);
        json.writeBooleanProperty("trim_offsets", false);
        json.writeBooleanProperty("use_regex", false);
    }
}
