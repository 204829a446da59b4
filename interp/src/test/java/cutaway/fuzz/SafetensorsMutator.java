package cutaway.fuzz;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Damages a safetensors file: `u64 length of header | header (JSON) | data`.
final class SafetensorsMutator {

    private final byte[] file;
    private final int headerEnd;
    private final JsonMutator header;

    SafetensorsMutator(byte[] file) {
        this.file = file.clone();
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        this.headerEnd = Long.BYTES + Math.toIntExact(length);
        this.header = new JsonMutator(Arrays.copyOfRange(file, Long.BYTES, headerEnd));
    }

    Mutant mutate(RandomGenerator random) {
        int choice = random.nextInt(100);
        if (choice < 10) {
            return new Mutant("random bytes", false, RandomBytes.in(file, random));
        }
        if (choice < 20) {
            byte[] bytes = file.clone();
            GgufMutator.write(bytes, 0, Long.BYTES, Numbers.whole(random, headerEnd - Long.BYTES));
            return new Mutant("length of header", true, bytes);
        }
        if (choice < 28) {
            int end = random.nextInt(random.nextBoolean() ? headerEnd : file.length);
            return new Mutant("truncated", end < headerEnd, Arrays.copyOf(file, end));
        }
        Mutant json = random.nextInt(5) == 0 ? header.mutate(random) : header.inTree(random);
        byte[] bytes = new byte[Long.BYTES + json.bytes().length + file.length - headerEnd];
        GgufMutator.write(bytes, 0, Long.BYTES, BigInteger.valueOf(json.bytes().length));
        System.arraycopy(json.bytes(), 0, bytes, Long.BYTES, json.bytes().length);
        System.arraycopy(file, headerEnd, bytes, Long.BYTES + json.bytes().length, file.length - headerEnd);
        return new Mutant("header, " + json.kind(), json.structural(), bytes);
    }
}
