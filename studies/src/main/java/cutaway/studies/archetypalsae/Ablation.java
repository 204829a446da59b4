package cutaway.studies.archetypalsae;

import cutaway.studies.archetypalsae.Cell.Begin;
import cutaway.studies.archetypalsae.Cell.Kind;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/// Kinds of dictionaries of some tokens, each trained twice: TopK and relaxed archetypal ones, from the same
/// start and from starts and halves of their own, TopK from random directions, and others beside them.
///
/// @param others as [#OTHERS] says; empty where they were left out
record Ablation(Cell random, Cell shared, Cell own, Cell relaxedShared, Cell relaxedOwn, List<Cell> others) {

    /// Of the first five, in order.
    static final List<String> NAMES = List.of(
            "TopK, random starts",
            "TopK, shared centroids",
            "TopK, own centroids and halves",
            "relaxed archetypal, shared centroids",
            "relaxed archetypal, own centroids and halves");

    /// Of the others.
    static final List<String> OTHERS = List.of(
            "archetypal, shared centroids",
            "archetypal, own centroids and halves",
            "BatchTopK, random starts",
            "JumpReLU, random starts",
            "k-means, own halves",
            "convex NMF, own halves");

    /// The five alone.
    static Ablation of(Tokens tokens, Cell.Sizes sizes, long seed) {
        Training training = new Training(tokens, sizes, seed);
        return new Ablation(
                training.cell(Kind.TOP_K, Begin.RANDOM),
                training.cell(Kind.TOP_K, Begin.SHARED),
                training.cell(Kind.TOP_K, Begin.OWN),
                training.cell(Kind.RELAXED_ARCHETYPAL, Begin.SHARED),
                training.cell(Kind.RELAXED_ARCHETYPAL, Begin.OWN),
                List.of());
    }

    static Ablation withOthers(Tokens tokens, Cell.Sizes sizes, long seed) {
        Ablation five = of(tokens, sizes, seed);
        Training training = new Training(tokens, sizes, seed);
        return new Ablation(
                five.random,
                five.shared,
                five.own,
                five.relaxedShared,
                five.relaxedOwn,
                List.of(
                        training.cell(Kind.ARCHETYPAL, Begin.SHARED),
                        training.cell(Kind.ARCHETYPAL, Begin.OWN),
                        training.cell(Kind.BATCH_TOP_K, Begin.RANDOM),
                        training.cell(Kind.JUMP_RELU, Begin.RANDOM),
                        training.cell(Kind.K_MEANS, Begin.OWN),
                        training.cell(Kind.CONVEX_NMF, Begin.OWN)));
    }

    /// The first five.
    List<Cell> five() {
        return List.of(random, shared, own, relaxedShared, relaxedOwn);
    }

    List<Cell> all() {
        return Stream.concat(five().stream(), others.stream()).toList();
    }

    /// The names of [#all].
    List<String> names() {
        return others.isEmpty()
                ? NAMES
                : Stream.concat(NAMES.stream(), OTHERS.stream()).toList();
    }

    private record Training(Tokens tokens, Cell.Sizes sizes, long seed) {

        /// Own starts come with own halves; else both trainings have the first half.
        Cell cell(Kind kind, Begin begin) {
            List<Tensor> halves = List.of(tokens.first(), begin == Begin.OWN ? tokens.second() : tokens.first());
            return Cell.of(kind, begin, sizes, halves, tokens.tried(), seed);
        }
    }
}
