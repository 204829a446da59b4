package cutaway.tensor;

/// The child of [HostileEnvironmentTest] whose class path lacks the natives.
final class WithoutNatives {

    public static void main(String[] arguments) {
        for (int time = 1; time <= 3; time++) {
            try {
                switch (time == 1 ? arguments[0] : "of") {
                    case "of" -> Tensor.of(new float[] {1, 2});
                    case "full" -> Tensor.full(1, Dtype.F64);
                    case "random" -> new Random(1).normal(13);
                    default -> Tensor.range(0, 3);
                }
                System.out.println("time-" + time + "=a tensor");
            } catch (Throwable e) {
                System.out.println("time-" + time + "=" + e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }
}
