package cutaway.server.model;

import cutaway.model.Decoders;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.server.api.Refusal;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The models that a reader can ask, opened when they are first asked and closed, the longest unasked first, when
/// another one needs their memory.
///
/// Only models that the user has on this machine can be named, never a path: a page must not open any file.
public final class OpenModels implements AutoCloseable {

    private static final int FLOAT_BYTES = 4;

    private final List<String> given;
    private final long budget;
    private final Decoders decoders = new Decoders();
    private final Map<String, OpenModel> open = new LinkedHashMap<>(); // the last one asked for stands at the end

    /// @param given models that the user named when the server was started, names or paths; the first is the usual one
    /// @param budget bytes of native memory for the weights of all open models
    public OpenModels(List<String> given, long budget) {
        this.given = List.copyOf(given);
        this.budget = budget;
    }

    /// A model on this machine.
    ///
    /// @param bytes of memory that it takes; 0 where it is not open
    /// @param causal whether it is a decoder, which predicts what comes next; else an encoder
    public record Offered(String name, boolean open, long bytes, boolean usual, boolean causal) {}

    /// A model in use; it stays open until this is closed.
    public final class Lease implements AutoCloseable {

        private final OpenModel model;

        private Lease(OpenModel model) {
            this.model = model;
        }

        public OpenModel model() {
            return model;
        }

        @Override
        public void close() {
            synchronized (OpenModels.this) {
                model.leave();
            }
        }
    }

    /// The name of the model that is meant where none is named.
    public String usual() {
        return given.getFirst();
    }

    /// All models that can be named.
    public synchronized List<Offered> offered() {
        List<Offered> offered = new ArrayList<>();
        here().forEach((name, path) -> {
            OpenModel model = open.get(name);
            offered.add(new Offered(
                    name,
                    model != null,
                    model == null ? 0 : model.bytes(),
                    name.equals(usual()),
                    decoders.contain(path)));
        });
        return offered;
    }

    /// @param name of a model; null or empty for the usual one
    /// @throws Refusal when no model of this name is here, or the models in use leave no memory for it
    /// @throws BadInputException when its file cannot be opened
    public synchronized Lease use(@Nullable String name) {
        String asked = name == null || name.isEmpty() ? usual() : name;
        OpenModel model = open.remove(asked);
        if (model == null) {
            check(asked);
            model = opened(asked);
        }
        open.put(asked, model);
        model.join();
        return new Lease(model);
    }

    private OpenModel opened(String name) {
        Model model = Model.open(Hub.resolve(name), new WeightOptions(Arithmetic.F32, Math.min(budget, USUAL_MEMORY)));
        try {
            long all = model.storedShapes().values().stream()
                            .mapToLong(Shape::count)
                            .sum()
                    * FLOAT_BYTES;
            long bytes = Math.min(all, Math.min(budget, USUAL_MEMORY));
            makeRoom(name, bytes);
            return new OpenModel(name, model, bytes);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /// Bytes that one model's unpacked weights take at most; what goes beyond is unpacked each time it is used.
    private static final long USUAL_MEMORY = 1_600_000_000;

    private void makeRoom(String name, long bytes) {
        for (String other : List.copyOf(open.keySet())) {
            if (held() + bytes <= budget) {
                return;
            }
            OpenModel model = open.get(other);
            if (model != null && model.isIdle()) {
                open.remove(other);
                model.close();
            }
        }
        if (held() + bytes > budget) {
            throw new Refusal(
                    409,
                    "%s needs %d MB, and the models in use leave %d of %d MB; wait until they are done, or start the server with more --memory."
                            .formatted(name, bytes / 1_000_000, (budget - held()) / 1_000_000, budget / 1_000_000));
        }
    }

    private long held() {
        return open.values().stream().mapToLong(OpenModel::bytes).sum();
    }

    private void check(String name) {
        Map<String, Path> here = here();
        if (!here.containsKey(name)) {
            throw new Refusal(
                    404,
                    "there is no model \"" + name + "\" here; there are: " + String.join(", ", here.keySet())
                            + ". Others: cutaway pull, or --model when the server is started.");
        }
    }

    /// All that can be named, with where they lie; what was given lies under its name where no cache has it.
    private SortedMap<String, Path> here() {
        SortedMap<String, Path> here = new TreeMap<>();
        Hub.cached().forEach(model -> here.put(model.name(), model.path()));
        Hub.found().forEach(model -> here.putIfAbsent(model.name(), model.path()));
        given.forEach(name -> here.computeIfAbsent(name, Path::of));
        return here;
    }

    @Override
    public synchronized void close() {
        open.values().forEach(OpenModel::close);
        open.clear();
    }
}
