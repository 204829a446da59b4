package cutaway.fuzz;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Json;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufValue;
import cutaway.model.gguf.GgufWriter;
import cutaway.model.gguf.TensorInfo;
import cutaway.model.gguf.ValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Valid files to be damaged: those that the tests hold against other implementations, and some made from them.
final class Seeds {

    static final Path RESOURCES = Path.of("../model/src/test/resources");

    /// Larger files are left out: each is written thousands of times.
    private static final long LARGEST = 200_000;

    private Seeds() {}

    /// @param under folders of the resources; @param name of the files, as a regular expression
    static List<Path> files(String name, String... under) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String folder : under) {
            try (Stream<Path> files = Files.walk(RESOURCES.resolve(folder))) {
                found.addAll(files.filter(file -> file.getFileName().toString().matches(name))
                        .filter(file -> file.toFile().length() < LARGEST)
                        .sorted()
                        .toList());
            }
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("no " + name + " under " + List.of(under));
        }
        return found;
    }

    /// Tokenizers of every kind.
    ///
    /// @param name `tokenizer.json` or `tokenizer.gguf`
    static List<Path> tokenizers(String name, Path folder) throws IOException {
        List<Path> unpacked = new ArrayList<>();
        for (Path packed : files(name + "\\.gz", "cutaway/model/tokenizer/kinds")) {
            Path kind =
                    Files.createDirectories(folder.resolve(packed.getParent().getFileName()));
            unpacked.add(kind.resolve(name));
            try (var in = new GZIPInputStream(Files.newInputStream(packed))) {
                Files.copy(in, unpacked.getLast());
            }
        }
        return unpacked;
    }

    /// A model in two files.
    static List<Path> shards(Path folder) throws IOException {
        try (GgufFile file = GgufFile.open(RESOURCES.resolve("converted/llama-q4_0/model.gguf"))) {
            List<String> names = List.copyOf(file.names());
            List<Path> paths = new ArrayList<>();
            for (int number = 0; number < 2; number++) {
                Map<String, GgufValue> metadata = number == 0 ? metadata(file) : new LinkedHashMap<>();
                metadata.put("split.no", GgufValue.whole(ValueType.U16, number));
                metadata.put("split.count", GgufValue.whole(ValueType.U16, 2));
                metadata.put("split.tensors.count", GgufValue.whole(ValueType.I32, names.size()));
                int half = names.size() / 2;
                paths.add(folder.resolve("model-0000%d-of-00002.gguf".formatted(number + 1)));
                write(
                        file,
                        paths.getLast(),
                        metadata,
                        number == 0 ? names.subList(0, half) : names.subList(half, names.size()));
            }
            return paths;
        }
    }

    /// A model with a tokenizer of bytes in its metadata, in the shape of a byte-level BPE.
    static Path withTokenizer(Path folder) throws IOException {
        Path path = folder.resolve("tokenizer.gguf");
        try (GgufFile file = GgufFile.open(RESOURCES.resolve("converted/qwen2-q4_0/model.gguf"))) {
            Map<String, GgufValue> metadata = metadata(file);
            int vocab = Math.toIntExact(file.tensor("token_embd.weight").shape().getFirst());
            List<String> tokens = new ArrayList<>(IntStream.range(0, vocab - 3)
                    .mapToObj(i -> Character.toString('!' + i))
                    .toList());
            tokens.addAll(List.of("12", "#$", "<s>"));
            long[] types = new long[vocab];
            Arrays.fill(types, 1);
            types[vocab - 1] = 3;
            metadata.put("tokenizer.ggml.model", GgufValue.text("gpt2"));
            metadata.put("tokenizer.ggml.pre", GgufValue.text("qwen2"));
            metadata.put("tokenizer.ggml.tokens", GgufValue.texts(tokens));
            metadata.put("tokenizer.ggml.token_type", GgufValue.wholes(ValueType.I32, types));
            metadata.put("tokenizer.ggml.merges", GgufValue.texts(List.of("1 2", "# $")));
            metadata.put("tokenizer.ggml.bos_token_id", GgufValue.u32(vocab - 1));
            metadata.put("tokenizer.ggml.add_bos_token", GgufValue.flag(true));
            metadata.put("tokenizer.chat_template", GgufValue.text("{{ messages }}"));
            write(file, path, metadata, List.copyOf(file.names()));
        }
        return path;
    }

    private static Map<String, GgufValue> metadata(GgufFile file) {
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        file.metadata().keys().forEach(key -> metadata.put(key, file.metadata().stored(key)));
        return metadata;
    }

    private static void write(GgufFile file, Path to, Map<String, GgufValue> metadata, List<String> names) {
        List<TensorInfo> infos = names.stream()
                .map(name -> new TensorInfo(
                        name, file.tensor(name).type(), file.tensor(name).shape()))
                .toList();
        try (var writer = new GgufWriter(to, metadata, infos)) {
            names.forEach(name -> writer.write(name, file.tensor(name).bytes()));
            writer.finish();
        }
    }

    /// Every kind of edit.
    static Path edits(Path folder) throws IOException {
        Site site = new Site.Resid(1, Site.Moment.PRE);
        float[] row = new float[32];
        Arrays.fill(row, 0.5f);
        Values values = Values.of(row);
        List<Edit> edits = List.of(
                new Edit.Zero(new Site.Head(2, 3, Site.HeadPart.Z), Positions.ALL),
                new Edit.Scale(new Site.Neuron(0, 17, Site.NeuronPart.POST), Positions.LAST, 0.1),
                new Edit.Add(site, Positions.span(1, 3), values),
                new Edit.Replace(site, Positions.of(1, -1), values),
                new Edit.Mean(site, Positions.of(0), List.of(Source.of(new int[] {1, 2}, List.of()))),
                new Edit.Patch(
                        site,
                        Positions.of(1),
                        Source.of(new int[] {7, 8, 9, 4}, List.of(new Edit.Zero(new Site.Embed(), Positions.ALL)))),
                new Edit.ProjectOut(site, Positions.ALL, values));
        return Files.writeString(folder.resolve("edits.json"), Json.of(edits));
    }

    /// A tokenizer that chooses the likeliest pieces, as SentencePiece's unigram models do.
    static Path unigram(Path folder) throws IOException {
        return Files.writeString(Files.createDirectories(folder).resolve("tokenizer.json"), """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true}],
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"},
               {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
             "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
             "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<unk>", "type_id": 0}},
               {"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}},
               {"Sequence": {"id": "B", "type_id": 1}}],
               "special_tokens": {"<unk>": {"id": "<unk>", "ids": [0], "tokens": ["<unk>"]}}},
             "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
             "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [["<unk>", 0.0],
               ["\u2581", -2.0], ["a", -3.0], ["b", -3.5], ["ab", -4.0], ["\u2581ab", -5.0], ["1", -3.0], ["2", -3.0]]}}
            """);
    }

    /// A tokenizer with one part of nearly every kind, each with its settings.
    static Path parts(Path folder) throws IOException {
        return Files.writeString(Files.createDirectories(folder).resolve("tokenizer.json"), """
            {"version": "1.0", "truncation": {"direction": "Right", "max_length": 512, "strategy": "LongestFirst",
               "stride": 0},
             "padding": {"strategy": {"Fixed": 8}, "direction": "Left", "pad_to_multiple_of": 8, "pad_id": 0,
               "pad_type_id": 0, "pad_token": "<unk>"},
             "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true},
               {"id": 9, "content": "<s>", "single_word": true, "lstrip": true, "rstrip": true, "normalized": true,
               "special": false}],
             "normalizer": {"type": "Sequence", "normalizers": [
               {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
               "lowercase": true}, {"type": "Strip", "strip_left": true, "strip_right": true},
               {"type": "StripAccents"}, {"type": "Nmt"}, {"type": "NFD"}, {"type": "Lowercase"},
               {"type": "Prepend", "prepend": "\u2581"}, {"type": "ByteLevel"},
               {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
               {"type": "Split", "pattern": {"Regex": "\\\\s+(?!\\\\S)|[a-z]+"}, "behavior": "MergedWithPrevious",
               "invert": true}, {"type": "Digits", "individual_digits": true}, {"type": "Whitespace"},
               {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "UnicodeScripts"},
               {"type": "CharDelimiterSplit", "delimiter": "x"}, {"type": "BertPreTokenizer"},
               {"type": "WhitespaceSplit"}, {"type": "FixedLength", "length": 3},
               {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}]},
             "post_processor": {"type": "RobertaProcessing", "sep": ["<s>", 9], "cls": ["<unk>", 0],
               "trim_offsets": true, "add_prefix_space": false},
             "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "\u2581"},
               "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
               {"type": "Strip", "content": " ", "start": 1, "stop": 0}, {"type": "WordPiece", "prefix": "##",
               "cleanup": true}, {"type": "BPEDecoder", "suffix": "</w>"},
               {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true}]},
             "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": "##",
               "end_of_word_suffix": "</w>", "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
               "vocab": {"<unk>": 0, "a": 1, "b": 2, "##b": 3, "ab": 4, "1": 5, "2": 6, "<0x0A>": 7, "b</w>": 8},
               "merges": [["a", "##b"]]}}
            """);
    }
}
