package cutaway.cli;

import cutaway.features.store.Harvest;
import java.util.Locale;

/// Says on stderr how far a harvest is.
final class HarvestProgress implements Harvest.Progress {

    private final Console console;
    private final long start = System.nanoTime();
    private long before;
    private boolean begun;

    HarvestProgress(Console console) {
        this.console = console;
    }

    /// Whether anything was harvested: a store that was finished already is only opened.
    boolean hasBegun() {
        return begun;
    }

    @Override
    public void resumed(long vectors) {
        before = vectors;
        console.note(String.format(Locale.ROOT, "goes on after %,d vectors that are harvested already", vectors));
    }

    @Override
    public void harvested(long vectors, long wanted) {
        begun = true;
        double rate = (vectors - before) * 1e9 / Math.max(1, System.nanoTime() - start);
        String done = String.format(Locale.ROOT, "%,d vectors, %.0f a second", vectors, rate);
        if (Console.OVERWRITES) {
            console.step("harvest", done);
        } else if (wanted < Long.MAX_VALUE) {
            console.progress(done, (double) vectors / wanted);
        } else {
            console.progress(done);
        }
    }
}
