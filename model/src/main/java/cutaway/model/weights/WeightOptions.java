package cutaway.model.weights;

/// How a model's weights are held and multiplied.
///
/// @param arithmetic the type that products with them are computed in
/// @param memory bytes that may be spent on keeping them unpacked; what goes beyond is unpacked each time it is used
public record WeightOptions(Arithmetic arithmetic, long memory) {

    /// Float32, and 1.6 GB.
    public static final WeightOptions USUAL = new WeightOptions(Arithmetic.F32, 1_600_000_000);

    public WeightOptions {
        if (memory < 0) {
            throw new IllegalArgumentException(memory + " bytes; expected 0 or more");
        }
    }
}
