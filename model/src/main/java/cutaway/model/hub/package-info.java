/// Models known by name: fetched once, checked, kept in the user's cache. Read [cutaway.model.hub.Hub] first.
@NullMarked
package cutaway.model.hub;

import org.jspecify.annotations.NullMarked;
