/// Long works: told of while they go on, cancelled, kept, and taken up again after a restart.
///
/// [cutaway.server.job.Jobs] runs them; [cutaway.server.job.Work] is one kind.
@NullMarked
package cutaway.server.job;

import org.jspecify.annotations.NullMarked;
