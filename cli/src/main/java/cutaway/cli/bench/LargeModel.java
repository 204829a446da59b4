package cutaway.cli.bench;

import cutaway.model.gguf.BlockType;
import cutaway.model.gguf.GgufValue;
import cutaway.model.gguf.GgufWriter;
import cutaway.model.gguf.TensorInfo;
import cutaway.tensor.Random;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A file with the shapes and block types of Llama 2 7B in Q4_K_M, with random weights: what it costs to open and run
/// is what the real one costs.
final class LargeModel {

    private static final int LAYERS = 32;
    private static final long D_MODEL = 4096;
    private static final long D_MLP = 11_008;
    private static final long VOCAB = 32_000;

    private LargeModel() {}

    /// The file, written once.
    static Path file(Path folder) {
        Path file = folder.resolve("llama-7b-q4_k_m-random.gguf");
        if (!Files.exists(file)) {
            try {
                Files.createDirectories(folder);
                write(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return file;
    }

    private static void write(Path file) throws IOException {
        List<TensorInfo> tensors = tensors();
        try (Arena arena = Arena.ofConfined();
                GgufWriter writer = new GgufWriter(file, settings(), tensors)) {
            Map<BlockType, MemorySegment> numbers = new LinkedHashMap<>();
            for (BlockType type : List.of(BlockType.F32, BlockType.Q4_K, BlockType.Q6_K)) {
                long most = tensors.stream()
                        .filter(tensor -> tensor.type() == type)
                        .mapToLong(TensorInfo::bytes)
                        .max()
                        .orElseThrow();
                numbers.put(type, random(arena, type, most));
            }
            for (TensorInfo tensor : tensors) {
                writer.write(
                        tensor.name(),
                        Objects.requireNonNull(numbers.get(tensor.type())).asSlice(0, tensor.bytes()));
            }
            writer.finish();
        }
    }

    /// Norm weights of 1; blocks of random numbers with scales that keep activations finite.
    private static MemorySegment random(Arena arena, BlockType type, long bytes) {
        MemorySegment segment = arena.allocate(bytes, 8);
        if (type == BlockType.F32) {
            for (long at = 0; at < bytes; at += Float.BYTES) {
                segment.set(ValueLayout.JAVA_FLOAT, at, 1);
            }
            return segment;
        }
        var random = new Random(0).generator();
        for (long at = 0; at + Long.BYTES <= bytes; at += Long.BYTES) {
            segment.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
        short scale = Float.floatToFloat16(2e-5f);
        for (long block = 0; block < bytes; block += type.bytes()) {
            if (type == BlockType.Q4_K) { // d and dmin stand first
                segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, block, scale);
                segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, block + 2, scale);
            } else { // d stands last
                segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, block + type.bytes() - 2, scale);
            }
        }
        return segment;
    }

    private static Map<String, GgufValue> settings() {
        Map<String, GgufValue> settings = new LinkedHashMap<>();
        settings.put("general.architecture", GgufValue.text("llama"));
        settings.put("llama.block_count", GgufValue.u32(LAYERS));
        settings.put("llama.context_length", GgufValue.u32(4096));
        settings.put("llama.embedding_length", GgufValue.u32(D_MODEL));
        settings.put("llama.feed_forward_length", GgufValue.u32(D_MLP));
        settings.put("llama.attention.head_count", GgufValue.u32(32));
        settings.put("llama.attention.layer_norm_rms_epsilon", GgufValue.f32(1e-5f));
        return settings;
    }

    /// As llama.cpp mixes them: the output, and in half of the layers the values and the MLP's output weights, in Q6_K.
    private static List<TensorInfo> tensors() {
        List<TensorInfo> tensors = new ArrayList<>();
        tensors.add(new TensorInfo("token_embd.weight", BlockType.Q4_K, List.of(VOCAB, D_MODEL)));
        for (int layer = 0; layer < LAYERS; layer++) {
            String at = "blk." + layer + ".";
            BlockType better = layer % 2 == 0 ? BlockType.Q6_K : BlockType.Q4_K;
            tensors.add(new TensorInfo(at + "attn_norm.weight", BlockType.F32, List.of(D_MODEL)));
            tensors.add(new TensorInfo(at + "attn_q.weight", BlockType.Q4_K, List.of(D_MODEL, D_MODEL)));
            tensors.add(new TensorInfo(at + "attn_k.weight", BlockType.Q4_K, List.of(D_MODEL, D_MODEL)));
            tensors.add(new TensorInfo(at + "attn_v.weight", better, List.of(D_MODEL, D_MODEL)));
            tensors.add(new TensorInfo(at + "attn_output.weight", BlockType.Q4_K, List.of(D_MODEL, D_MODEL)));
            tensors.add(new TensorInfo(at + "ffn_norm.weight", BlockType.F32, List.of(D_MODEL)));
            tensors.add(new TensorInfo(at + "ffn_gate.weight", BlockType.Q4_K, List.of(D_MLP, D_MODEL)));
            tensors.add(new TensorInfo(at + "ffn_up.weight", BlockType.Q4_K, List.of(D_MLP, D_MODEL)));
            tensors.add(new TensorInfo(at + "ffn_down.weight", better, List.of(D_MODEL, D_MLP)));
        }
        tensors.add(new TensorInfo("output_norm.weight", BlockType.F32, List.of(D_MODEL)));
        tensors.add(new TensorInfo("output.weight", BlockType.Q6_K, List.of(VOCAB, D_MODEL)));
        return tensors;
    }
}
