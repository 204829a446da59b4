package cutaway.features.store;

/// The order of the vectors in a store.
public enum Order {
    /// Mixed within each shard; readers mix the shards as well.
    SHUFFLED,
    /// As the text has them, no context spread over two shards.
    DOCUMENT
}
