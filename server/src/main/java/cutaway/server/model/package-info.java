/// The models that are open, and who may compute with them.
///
/// [cutaway.server.model.OpenModels] opens and closes them; [cutaway.server.model.Turns] lets one compute at a time.
@NullMarked
package cutaway.server.model;

import org.jspecify.annotations.NullMarked;
