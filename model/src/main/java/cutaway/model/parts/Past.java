package cutaway.model.parts;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The keys and values of positions before those of this pass.
public sealed interface Past {

    /// Nothing before: the pass starts at the first position.
    Past NONE = new None();

    /// Positions before this pass.
    long length();

    /// Keys and values of all positions so far.
    ///
    /// @param keys of the positions of this pass, rotated, `[batch, kvHead, pos, dHead]`
    /// @return `[batch, kvHead, length + pos, dHead]` each
    KeysValues join(int layer, Tensor keys, Tensor values);

    /// `[batch, kvHead, kPos, dHead]` each.
    record KeysValues(Tensor keys, Tensor values) {}

    /// Nothing before.
    record None() implements Past {
        @Override
        public long length() {
            return 0;
        }

        @Override
        public KeysValues join(int layer, Tensor keys, Tensor values) {
            return new KeysValues(keys, values);
        }
    }

    /// A buffer that each pass appends to, for generation.
    final class Cache implements Past, AutoCloseable {

        private final long capacity;
        private final List<KeysValues> layers = new ArrayList<>();
        private long length;

        /// @param capacity positions to make room for; it grows when they do not suffice
        public Cache(long capacity) {
            this.capacity = capacity;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public KeysValues join(int layer, Tensor keys, Tensor values) {
            if (layer == layers.size()) {
                layers.add(new KeysValues(buffer(keys), buffer(values)));
            }
            long end = length + keys.dim(2);
            KeysValues buffers = layers.get(layer);
            if (end > buffers.keys.dim(2)) {
                buffers = new KeysValues(grown(buffers.keys, end), grown(buffers.values, end));
                layers.set(layer, buffers);
            }
            buffers.keys.slice(2, length, end).assign(keys);
            buffers.values.slice(2, length, end).assign(values);
            return new KeysValues(buffers.keys.slice(2, 0, end), buffers.values.slice(2, 0, end));
        }

        /// The keys and values of a layer at every position that was joined, `[batch, kvHead, kPos, dHead]`: views.
        KeysValues all(int layer) {
            return layers.get(layer);
        }

        /// Forgets all positions; the room for them stays.
        public void clear() {
            length = 0;
        }

        /// Counts the positions of the pass that has just ended as past.
        public void advance(long positions) {
            length += positions;
        }

        private Tensor buffer(Tensor like) {
            return buffer(like, Math.max(capacity, like.dim(2)));
        }

        private static Tensor buffer(Tensor like, long positions) {
            return Scope.detach(Tensor.full(0, like.dtype(), like.dim(0), like.dim(1), positions, like.dim(3)));
        }

        /// A buffer of at least twice the size with the same past; the old one is freed.
        private Tensor grown(Tensor old, long atLeast) {
            Tensor larger = buffer(old, Math.max(atLeast, 2 * old.dim(2)));
            try (old;
                    Scope scope = Scope.open()) {
                larger.slice(2, 0, length).assign(old.slice(2, 0, length));
            }
            return larger;
        }

        @Override
        public void close() {
            for (KeysValues buffers : layers) {
                buffers.keys.close();
                buffers.values.close();
            }
            layers.clear();
        }
    }
}
