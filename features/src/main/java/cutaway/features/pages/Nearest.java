package cutaway.features.pages;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.function.Consumer;

/// The latents whose decoder rows point the same way: the greatest cosines. A row of zeros has cosine 0 with all.
final class Nearest {

    /// @param latent that the others are near to
    /// @param rank from 1
    record Neighbour(int latent, int rank, int other, double cosine) {}

    private static final int ROWS = 256;

    private Nearest() {}

    /// @param decoder `[latent, d]`
    /// @param most neighbours of each
    /// @param found is told each, by latent and rank
    static void each(Tensor decoder, int most, Consumer<Neighbour> found) {
        int width = (int) decoder.dim(0);
        int kept = Math.min(most, width - 1);
        if (kept < 1) {
            return;
        }
        try (Scope _ = Scope.open()) {
            Tensor norms = decoder.square().sum(1, true).sqrt(); // [latent, 1]
            Tensor units = decoder.over(norms.maximum(Tensor.full(Double.MIN_NORMAL, norms.dtype(), 1)));
            for (int first = 0; first < width; first += ROWS) {
                int start = first;
                int end = Math.min(width, first + ROWS);
                try (Scope _ = Scope.open()) {
                    Tensor.Top top = units.slice(0, start, end)
                            .linear(units, null) // [rows, latent]
                            .top(kept + 1);
                    tell(start, end, kept, top, found);
                }
            }
        }
    }

    private static void tell(int start, int end, int kept, Tensor.Top top, Consumer<Neighbour> found) {
        double[] cosines = top.values().toDoubles();
        long[] others = top.indices().toLongs();
        for (int latent = start; latent < end; latent++) {
            int rank = 0;
            for (int i = (latent - start) * (kept + 1); rank < kept; i++) {
                if (others[i] != latent) {
                    found.accept(new Neighbour(latent, ++rank, (int) others[i], cosines[i]));
                }
            }
        }
    }
}
