/// Addresses of values in a run; read [cutaway.interp.site.Site] first.
@NullMarked
package cutaway.interp.site;

import org.jspecify.annotations.NullMarked;
