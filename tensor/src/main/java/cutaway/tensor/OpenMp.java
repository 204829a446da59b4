package cutaway.tensor;

import org.bytedeco.pytorch.global.torch;

/// OpenMP, whose threads LibTorch spreads its elementwise work over. How many of them is each thread's own setting.
///
/// LibTorch's own setter would change the number for every thread that comes after.
final class OpenMp {

    private static final ThreadCount THREADS = new ThreadCount("omp_set_num_threads");

    private OpenMp() {}

    /// Runs something while all that LibTorch does on this thread stays on it.
    static void onOneThread(Runnable body) {
        int usual = torch.get_num_threads(); // it also settles the number, which the first work would do else
        if (usual == 1) {
            body.run();
            return;
        }
        THREADS.set(1);
        try {
            body.run();
        } finally {
            THREADS.set(usual);
        }
    }
}
