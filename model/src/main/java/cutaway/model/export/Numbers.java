package cutaway.model.export;

/// Numbers as a person would have written them.
final class Numbers {

    private Numbers() {}

    /// A number that went through float32, as GGUF stores them, in its shortest form: 1e-6, not 9.999999974752427e-07.
    static double shortest(double value) {
        return value == (double) (float) value ? Double.parseDouble(Float.toString((float) value)) : value;
    }

    /// The whole number that rounding has moved a little, else the number as it is.
    static Number whole(double value) {
        boolean whole = Math.abs(value / Math.rint(value) - 1) < 1e-9;
        return whole ? (Number) Math.round(value) : (Number) value;
    }
}
