package cutaway.model.weights;

/// How a model's weights are held and multiplied.
///
/// @param arithmetic the type that products with them are computed in
/// @param memory bytes that may be spent on keeping them unpacked; what goes beyond is unpacked each time it is used
public record WeightOptions(Arithmetic arithmetic, long memory) {

    private static final long USUAL_MEMORY = 1_600_000_000;

    /// Float32, and 1.6 GB.
    public static final WeightOptions USUAL = in(Arithmetic.F32);

    /// An arithmetic, with the usual memory.
    public static WeightOptions in(Arithmetic arithmetic) {
        return new WeightOptions(arithmetic, USUAL_MEMORY);
    }

    public WeightOptions {
        if (memory < 0) {
            throw new IllegalArgumentException(memory + " bytes; expected 0 or more");
        }
    }
}
