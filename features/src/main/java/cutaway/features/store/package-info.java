/// Activations on disk: harvested once from a model over a text, read many times by trainers, judges and pages.
///
/// [cutaway.features.store.ActivationStore] reads a store; read it first. [cutaway.features.store.Harvest] makes
/// one, by passes over contexts ([cutaway.features.store.Window]) of texts ([cutaway.features.store.Texts]).
@NullMarked
package cutaway.features.store;

import org.jspecify.annotations.NullMarked;
