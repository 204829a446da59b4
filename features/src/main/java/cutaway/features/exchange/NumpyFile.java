package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import cutaway.tensor.RegularFile;
import cutaway.tensor.safetensors.Dtype;
import cutaway.tensor.safetensors.Entry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// NumPy's `.npz`: a zip file of `.npy` arrays (numpy/lib/format.py, versions 1 to 3).
///
///     0x93 NUMPY | version | length of header | {'descr': '<f4', 'fortran_order': False, 'shape': (6, 13), } | data
final class NumpyFile {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final Pattern HEADER = Pattern.compile(
            "\\{\\s*'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \\(([\\d, ]*)\\),?\\s*}\\s*");

    private static final Map<String, Dtype> TYPES = Map.of(
            "<f4", Dtype.F32, "<f8", Dtype.F64, "<f2", Dtype.F16, "<i4", Dtype.I32, "<i8", Dtype.I64, "|i1", Dtype.I8);

    private NumpyFile() {}

    static StoredTensors read(Path file) {
        RegularFile.check(file, "an .npz file of NumPy");
        Arena memory = Arena.ofShared();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            for (ZipEntry member : Collections.list(zip.entries())) {
                String name = member.getName().replaceFirst("\\.npy$", "");
                if (entries.put(name, array(file, name, ZipTensors.read(file, zip, member, memory), memory)) != null) {
                    throw new BadInputException(file + " holds " + name + " twice.");
                }
            }
            StoredTensors tensors = StoredTensors.of(file, entries, memory);
            memory = null;
            return tensors;
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + " (" + e + "); expected an .npz file of NumPy.", e);
        } finally {
            if (memory != null) {
                memory.close();
            }
        }
    }

    private static Entry array(Path file, String name, MemorySegment bytes, Arena memory) {
        boolean begins = bytes.byteSize() >= 12
                && (bytes.get(ValueLayout.JAVA_BYTE, 0) & 0xFF) == 0x93
                && new String(bytes.asSlice(1, 5).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1)
                        .equals("NUMPY");
        int version = begins ? bytes.get(ValueLayout.JAVA_BYTE, 6) : 0;
        if (version < 1 || version > 3) {
            throw new BadInputException(file + ": " + name + " is no array of NumPy that Cutaway knows.");
        }
        long length = version == 1 ? bytes.get(U16, 8) & 0xFFFF : bytes.get(U32, 8) & 0xFFFF_FFFFL;
        long start = (version == 1 ? 10 : 12) + length;
        if (start > bytes.byteSize() || length > 100_000) {
            throw new BadInputException(file + ": the header of " + name + " is " + length
                    + " bytes long, and the array has " + bytes.byteSize() + "; the file is damaged.");
        }
        String header = new String(
                bytes.asSlice(start - length, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        Matcher parts = HEADER.matcher(header);
        if (!parts.matches() || !TYPES.containsKey(parts.group(1))) {
            throw new BadInputException(file + ": " + name + " is an array " + header.strip()
                    + "; expected one of the types <f4, <f8, <f2, <i4, <i8 or |i1.");
        }
        Dtype dtype = TYPES.get(parts.group(1));
        List<Long> shape = shape(file, name, parts.group(3));
        MemorySegment data = bytes.asSlice(start);
        boolean columns = parts.group(2).equals("True") && shape.size() > 1;
        try {
            if (!columns) {
                return new Entry(name, dtype, shape, data);
            }
            new Entry(name, dtype, shape, data); // checks that its size fits
            return Strided.copy(name, dtype, shape, Strided.byColumn(shape), 0, data, memory);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new BadInputException(
                    file + ": " + name + " of shape " + shape + " has " + data.byteSize()
                            + " bytes of data; the file is damaged.",
                    e);
        }
    }

    private static List<Long> shape(Path file, String name, String text) {
        List<Long> shape = new ArrayList<>();
        for (String size : text.split(",")) {
            if (!size.isBlank()) {
                if (size.strip().length() > 15) {
                    throw new BadInputException(file + ": " + name + " claims a size of " + size.strip() + ".");
                }
                shape.add(Long.parseLong(size.strip()));
            }
        }
        return shape;
    }
}
