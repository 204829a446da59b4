import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Writes the float32 weights of an ONNX file that PyTorch exported as safetensors, under the names that they
/// had in PyTorch.
///
///     java -cp protobuf-java.jar scripts/OnnxWeights.java MODEL.onnx model.safetensors
///
/// The export keeps the names of tables, biases and norms. The matrix of a linear map it transposes and calls
/// `onnx::MatMul_787`; the name is that of the node which multiplies with it,
/// `/encoder/layer.0/output/dense/MatMul`.
/// Field numbers are those of onnx.proto. What is no float32 is left out (tables of 0, 1, 2, ...).
///
/// Any JDK from 17 on runs it.
public final class OnnxWeights {

    private static final int FLOAT = 1;
    private static final String UNNAMED = "onnx::MatMul_";

    /// @param numbers float32, little-endian, the last axis fastest
    private record Weight(String name, List<Long> dims, int type, byte[] numbers) {

        /// `[in, out]` to `[out, in]`.
        Weight transposed(String as) {
            int in = Math.toIntExact(dims.get(0));
            int out = Math.toIntExact(dims.get(1));
            ByteBuffer from = ByteBuffer.wrap(numbers);
            ByteBuffer to = ByteBuffer.allocate(numbers.length);
            for (int row = 0; row < out; row++) {
                for (int column = 0; column < in; column++) {
                    to.putInt(from.getInt(4 * (column * out + row)));
                }
            }
            return new Weight(as, List.of(dims.get(1), dims.get(0)), type, to.array());
        }
    }

    /// @param inputs names
    private record Node(String name, String operation, List<String> inputs) {}

    private final List<Weight> weights = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    private OnnxWeights() {}

    /// @param arguments the ONNX file, and the safetensors file to write
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("give an ONNX file and the name of a safetensors file to write");
            System.exit(2);
        }
        OnnxWeights file = new OnnxWeights();
        CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(Path.of(arguments[0])));
        while (isMore(in)) {
            int tag = in.readTag();
            if (field(tag) == 7) { // ModelProto.graph
                int outer = in.pushLimit(in.readRawVarint32());
                file.readGraph(in);
                in.popLimit(outer);
            } else {
                in.skipField(tag);
            }
        }
        write(file.named(), Path.of(arguments[1]));
    }

    private void readGraph(CodedInputStream in) throws IOException {
        while (isMore(in)) {
            int tag = in.readTag();
            if (field(tag) == 1) { // GraphProto.node
                int outer = in.pushLimit(in.readRawVarint32());
                nodes.add(node(in));
                in.popLimit(outer);
            } else if (field(tag) == 5) { // GraphProto.initializer
                int outer = in.pushLimit(in.readRawVarint32());
                weights.add(weight(in));
                in.popLimit(outer);
            } else {
                in.skipField(tag);
            }
        }
    }

    private static Node node(CodedInputStream in) throws IOException {
        String name = "";
        String operation = "";
        List<String> inputs = new ArrayList<>();
        while (isMore(in)) {
            int tag = in.readTag();
            switch (field(tag)) {
                case 1 -> inputs.add(in.readString());
                case 3 -> name = in.readString();
                case 4 -> operation = in.readString();
                default -> in.skipField(tag);
            }
        }
        return new Node(name, operation, inputs);
    }

    private static Weight weight(CodedInputStream in) throws IOException {
        String name = "";
        List<Long> dims = new ArrayList<>();
        int type = 0;
        byte[] numbers = {};
        while (isMore(in)) {
            int tag = in.readTag();
            switch (field(tag)) {
                case 1 -> readDims(in, tag, dims);
                case 2 -> type = in.readInt32();
                case 8 -> name = in.readString();
                case 9 -> numbers = in.readByteArray(); // raw_data, little-endian
                default -> in.skipField(tag);
            }
        }
        return new Weight(name, dims, type, numbers);
    }

    private static void readDims(CodedInputStream in, int tag, List<Long> dims) throws IOException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
            dims.add(in.readInt64());
            return;
        }
        int outer = in.pushLimit(in.readRawVarint32());
        while (isMore(in)) {
            dims.add(in.readInt64());
        }
        in.popLimit(outer);
    }

    private static int field(int tag) {
        return WireFormat.getTagFieldNumber(tag);
    }

    private static boolean isMore(CodedInputStream in) throws IOException {
        return !in.isAtEnd();
    }

    /// All float32 weights by their names in PyTorch.
    private Map<String, Weight> named() throws IOException {
        Map<String, Weight> named = new TreeMap<>();
        for (Weight weight : weights) {
            if (weight.type() != FLOAT) {
                continue;
            }
            long count = weight.dims().stream().reduce(1L, Math::multiplyExact);
            if (weight.numbers().length != 4 * count) {
                throw new IOException(weight.name() + " has " + weight.numbers().length + " bytes for " + count
                        + " numbers; expected 4 each");
            }
            Weight known = weight.name().startsWith(UNNAMED) ? weight.transposed(ofNode(weight.name())) : weight;
            if (named.put(known.name(), known) != null) {
                throw new IOException("two weights are called " + known.name());
            }
        }
        return named;
    }

    private String ofNode(String weight) throws IOException {
        List<Node> users =
                nodes.stream().filter(node -> node.inputs().contains(weight)).toList();
        if (users.size() != 1 || !users.get(0).operation().equals("MatMul")) {
            throw new IOException(weight + " is used by "
                    + users.stream().map(Node::name).collect(Collectors.joining(", ")) + "; expected one MatMul");
        }
        String[] path = users.get(0).name().substring(1).split("/");
        return String.join(".", Arrays.copyOf(path, path.length - 1)) + ".weight";
    }

    private static void write(Map<String, Weight> weights, Path file) throws IOException {
        List<String> entries = new ArrayList<>();
        long at = 0;
        for (Weight weight : weights.values()) {
            long end = at + weight.numbers().length;
            entries.add("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(weight.name(), weight.dims(), at, end));
            at = end;
        }
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        byte[] length = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array();
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.write(length);
            out.write(header);
            for (Weight weight : weights.values()) {
                out.write(weight.numbers());
            }
        }
    }
}
