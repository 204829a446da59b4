/// What can be asked of the server, as values: from one list of [cutaway.server.api.Route] come the answers, the
/// OpenAPI description and the TypeScript types of the page.
@NullMarked
package cutaway.server.api;

import org.jspecify.annotations.NullMarked;
