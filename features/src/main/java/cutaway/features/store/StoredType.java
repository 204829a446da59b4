package cutaway.features.store;

import cutaway.tensor.safetensors.Dtype;

/// What the numbers of a store are held in. Whatever it is, they are read as float32.
public enum StoredType {
    F32(Dtype.F32),
    /// The range of float32 with 8 significant bits.
    BF16(Dtype.BF16),
    /// 11 significant bits, up to 65,504: a harvest that meets a larger number is refused.
    F16(Dtype.F16);

    private final Dtype dtype;

    StoredType(Dtype dtype) {
        this.dtype = dtype;
    }

    Dtype dtype() {
        return dtype;
    }

    /// What else to try where there is no room.
    String lighter() {
        return this == F32 ? ", or --type bf16" : "";
    }

    int bytes() {
        return dtype.bytes();
    }
}
