/// What small models are trained on, generators whose truth is known: [cutaway.lab.task.Task]. One file a task.
@NullMarked
package cutaway.lab.task;

import org.jspecify.annotations.NullMarked;
