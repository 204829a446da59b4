package cutaway.features.store;

import cutaway.features.store.StoreFacts.Contents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Writes shards: one is filled while the one before it goes to the disk.
final class ShardWriter implements AutoCloseable {

    private final StoreFolder folder;
    private final StoreFacts start;
    private final ExecutorService disk = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "shards");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Integer> shards;
    private long vectors;
    private boolean begun;
    private ShardBuffer filling;
    private @Nullable ShardBuffer other;
    private @Nullable Future<?> writing;

    ShardWriter(StoreFolder folder, StoreFacts start) {
        this.folder = folder;
        this.start = start;
        this.shards = new ArrayList<>(start.contents().shards());
        this.vectors = start.vectors();
        this.filling = new ShardBuffer(start.settings(), start.layout());
        filling.begin(shards.size());
    }

    /// Vectors of each site, with those that are not written yet.
    long vectors() {
        return vectors;
    }

    /// Vectors of each shard, with that which is being filled.
    List<Integer> shards() {
        List<Integer> all = new ArrayList<>(shards);
        if (filling.rows() > 0) {
            all.add(filling.rows());
        }
        return all;
    }

    /// How many more the shard takes.
    int room() {
        return filling.room();
    }

    void add(ShardBuffer.Stored window, int from, int token, int position, int document, int context) {
        filling.add(window, from, token, position, document, context);
        vectors++;
    }

    /// Ends the shard and begins the next.
    ///
    /// @param then what the store holds when the shard is written
    void endShard(Contents then) {
        await();
        ShardBuffer full = filling;
        filling = other == null ? new ShardBuffer(start.settings(), start.layout()) : other;
        other = full;
        long before = then.vectors() - full.rows();
        writing = disk.submit(() -> folder.write(before, () -> {
            begin();
            full.write(folder.path());
            start.with(then).write(folder.path());
        }));
        shards.add(full.rows());
        filling.begin(shards.size());
    }

    /// Ends the last shard.
    ///
    /// @param then what the store holds
    /// @param names writes the tables that belong to all shards
    /// @return what the store says of itself
    StoreFacts finish(Contents then, Runnable names) {
        await();
        StoreFacts facts = start.with(then);
        folder.write(then.vectors() - filling.rows(), () -> {
            begin();
            if (filling.rows() > 0) {
                filling.write(folder.path());
            }
            names.run();
            facts.write(folder.path());
        });
        return facts;
    }

    /// Says whose folder it is, before a shard stands in it.
    private void begin() throws IOException {
        if (start.vectors() == 0 && !begun) {
            start.write(folder.path());
            begun = true;
        }
    }

    private void await() {
        Future<?> last = writing;
        if (last == null) {
            return;
        }
        writing = null;
        try {
            last.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a shard was written", e);
        }
    }

    @Override
    public void close() {
        disk.close(); // a shard that is being written is finished
        filling.close();
        if (other != null) {
            other.close();
        }
    }
}
