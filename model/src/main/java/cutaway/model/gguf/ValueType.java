package cutaway.model.gguf;

/// The types of metadata values, in the order of their numbers in the file (`enum gguf_metadata_value_type`).
///
/// `bytes` is the size of a value; strings and arrays have none of their own.
public enum ValueType {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U32(4),
    I32(4),
    F32(4),
    BOOL(1),
    STRING(0),
    ARRAY(0),
    U64(8),
    I64(8),
    F64(8);

    final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }
}
