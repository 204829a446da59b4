package cutaway.fuzz;

import cutaway.fuzz.Reader.Seed;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// One reader and its damaged files, in a JVM of its own that watches its memory and its time.
///
///     FuzzChild READER SEED FIRST END FOLDER KEPT
///
/// Tells on stdout what it is at, so that who started it knows where it ended: `at N KIND`, `finding N KIND:
/// WHAT`, `done …`.
public final class FuzzChild {

    /// A file that takes longer is a hang.
    static final long HANG_MS = 10_000;

    /// What resident memory may grow by, beyond what opening every valid file took.
    static final long MEMORY_KB = 300 * 1024;

    private final Reader reader;
    private final long seed;
    private final Path kept;
    private final Reader.Models models = new Reader.Models();
    private final List<Seed> seeds;
    private final Map<Path, byte[]> whole = new HashMap<>();
    private final Map<Path, Function<RandomGenerator, Mutant>> mutators = new HashMap<>();
    private final Map<String, Integer> kinds = new TreeMap<>();
    private volatile long began = Long.MAX_VALUE;
    private volatile String current = "";
    private int opened;
    private int refused;
    private int findings;
    private int structural;
    private long worst;

    private FuzzChild(Reader reader, long seed, Path folder, Path kept) throws IOException {
        this.reader = reader;
        this.seed = seed;
        this.kept = kept;
        this.seeds = reader.seeds(folder);
        for (Seed one : seeds) {
            byte[] bytes = Files.readAllBytes(one.file());
            whole.put(one.file(), bytes);
            mutators.put(one.file(), mutator(one.file(), bytes));
        }
    }

    private static Function<RandomGenerator, Mutant> mutator(Path file, byte[] bytes) {
        String name = file.getFileName().toString();
        return name.endsWith(".gguf")
                ? new GgufMutator(bytes)::mutate
                : name.endsWith(".safetensors")
                        ? new SafetensorsMutator(bytes)::mutate
                        : new JsonMutator(bytes)::mutate;
    }

    public static void main(String[] arguments) throws IOException {
        var child = new FuzzChild(
                Reader.valueOf(arguments[0]),
                Long.parseLong(arguments[1]),
                Path.of(arguments[4]),
                Path.of(arguments[5]));
        child.run(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private void run(int first, int end) throws IOException {
        for (Seed one : seeds) {
            readWhole(one);
        }
        long atRest = peak();
        Thread watch = new Thread(this::watch, "watch");
        watch.setDaemon(true);
        watch.start();
        boolean grown = false;
        for (int i = first; i < end; i++) {
            one(i);
            if (!grown && peak() - atRest > MEMORY_KB) {
                grown = true;
                found("resident memory grew by " + (peak() - atRest) / 1024 + " MB");
            }
        }
        began = Long.MAX_VALUE;
        System.out.println("kinds " + kinds);
        System.out.println("done %d %d %d %d %d %d %d"
                .formatted(opened, refused, findings, structural, worst, atRest / 1024, peak() / 1024));
    }

    /// A valid file opens, else nothing is learned from its damaged ones; but one that no model is in is refused.
    private void readWhole(Seed valid) {
        try {
            reader.read(valid, models);
        } catch (BadInputException e) {
            if (!valid.file().endsWith("written.gguf")) {
                throw e;
            }
        }
    }

    /// File number `i` follows from the seed and `i` alone.
    private void one(int i) throws IOException {
        var random = new SplittableRandom(seed * 1_000_003 + i);
        Seed valid = seeds.get(random.nextInt(seeds.size()));
        byte[] before = whole.get(valid.file());
        Mutant mutant;
        do {
            mutant = mutators.get(valid.file()).apply(random);
        } while (Arrays.equals(mutant.bytes(), before));
        kinds.merge(mutant.kind(), 1, Integer::sum);
        structural += mutant.structural() ? 1 : 0;
        current = i + " " + mutant.kind() + " in " + valid.file().getFileName();
        System.out.println("at " + current);
        Files.delete(valid.file());
        Files.write(valid.file(), mutant.bytes());
        long start = System.currentTimeMillis();
        began = start;
        try {
            reader.read(valid, models);
            opened++;
        } catch (BadInputException e) {
            refused++;
            Optional<String> complaint = Verdict.complaint(e.getMessage(), mutant.bytes());
            complaint.ifPresent(what -> found(what + ": " + e.getMessage()));
            if (complaint.isPresent()) {
                keep(i, valid, mutant);
            }
        } catch (Throwable e) {
            keep(i, valid, mutant);
            found(e + " at " + frames(e));
        } finally {
            began = Long.MAX_VALUE;
            worst = Math.max(worst, System.currentTimeMillis() - start);
            Files.delete(valid.file());
            Files.write(valid.file(), before);
        }
    }

    private static String frames(Throwable e) {
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : e.getStackTrace()) {
            if (frames.isEmpty() || (frame.getClassName().startsWith("cutaway.") && frames.size() < 5)) {
                frames.add(frame.getFileName() + ":" + frame.getLineNumber());
            }
        }
        return frames.toString();
    }

    private void found(String what) {
        findings++;
        System.out.println("finding " + current + ": " + shown(what));
    }

    private void keep(int i, Seed valid, Mutant mutant) throws IOException {
        Files.createDirectories(kept);
        Files.write(
                kept.resolve(reader + "-" + i + "-" + valid.open().getFileName() + "-"
                        + valid.file().getFileName()),
                mutant.bytes());
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}|\\p{Cs}", "?");
        return line.length() > 400 ? line.substring(0, 250) + " ... " + line.substring(line.length() - 120) : line;
    }

    private void watch() {
        while (true) {
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                return;
            }
            if (System.currentTimeMillis() - began > HANG_MS) {
                System.out.println("finding " + current + ": hangs for more than " + HANG_MS + " ms");
                Thread.getAllStackTraces().forEach((thread, frames) -> {
                    if (thread.getName().equals("main")) {
                        for (StackTraceElement frame : frames) {
                            System.out.println("hanging at " + frame);
                        }
                    }
                });
                System.out.flush();
                Runtime.getRuntime().halt(9);
            }
        }
    }

    /// VmHWM, the most that was ever resident, in kB; 0 where the system does not tell.
    private static long peak() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }
}
