/// Where heads look: all of them as thumbnails, one of them on a long text, its queries and keys on one map.
@NullMarked
package cutaway.server.attention;

import org.jspecify.annotations.NullMarked;
