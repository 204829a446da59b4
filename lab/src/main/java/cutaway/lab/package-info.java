/// Small models trained at home, each a function of its recipe: [cutaway.lab.Recipe] says all that decides what a
/// training ends with, [cutaway.lab.Lab] trains it or finds it in the cache, [cutaway.lab.Trained] is what comes of it.
///
///     Recipe recipe = Recipe.usual(new ModularAddition(31, 0.8)).with("seeds", List.of(0L, 1L, 2L));
///     try (Trained trained = Lab.usual().train(recipe, Lab.SILENT)) {
///         double[] accuracies = trained.test().get("accuracy"); // one a seed
///     }
@NullMarked
package cutaway.lab;

import org.jspecify.annotations.NullMarked;
