/// What to do at a site, and what to measure; values that serialise to JSON. Read [cutaway.interp.edit.Edit] first.
@NullMarked
package cutaway.interp.edit;

import org.jspecify.annotations.NullMarked;
