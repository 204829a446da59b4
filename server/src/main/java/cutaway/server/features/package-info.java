/// Dictionaries and their features: search, a feature's page, labels, what it does on a prompt.
///
/// [cutaway.server.features.Dictionaries] says which are offered; [cutaway.server.features.FeatureAnswers] answers.
@NullMarked
package cutaway.server.features;

import org.jspecify.annotations.NullMarked;
