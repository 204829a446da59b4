/// Models by name: fetched once, checked, kept in the user's cache. Read [cutaway.model.hub.Hub] first, then
/// [cutaway.model.hub.Pull].
@NullMarked
package cutaway.model.hub;

import org.jspecify.annotations.NullMarked;
