package cutaway.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.Dtype;

/// The numeric type that a model is trained in.
public enum Precision {
    @JsonProperty("float32")
    FLOAT32(Dtype.F32),
    @JsonProperty("float64")
    FLOAT64(Dtype.F64);

    private final Dtype dtype;

    Precision(Dtype dtype) {
        this.dtype = dtype;
    }

    Dtype dtype() {
        return dtype;
    }
}
