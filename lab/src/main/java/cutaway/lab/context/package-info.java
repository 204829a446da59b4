/// Tasks that a language model is given in its context: walks on a graph whose nodes are words, and what the model
/// makes of them.
///
/// [cutaway.lab.context.WordGraph] is such a task; read [cutaway.lab.context.ContextGeometry] next.
@NullMarked
package cutaway.lab.context;

import org.jspecify.annotations.NullMarked;
