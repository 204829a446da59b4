/// Small nets as named parameters and a pure function of them: [cutaway.lab.net.Net]. One file a kind.
@NullMarked
package cutaway.lab.net;

import org.jspecify.annotations.NullMarked;
