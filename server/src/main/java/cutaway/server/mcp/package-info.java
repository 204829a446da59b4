/// The workbench for agents: its routes as tools of the Model Context Protocol, over stdin and stdout or over HTTP.
///
/// [cutaway.server.mcp.Offers] says which tools there are and what an agent is told of each; read it first.
/// [cutaway.server.mcp.Tools] answers a call by the route that the page asks too, and puts a
/// [cutaway.server.mcp.Receipt] beside.
@NullMarked
package cutaway.server.mcp;

import org.jspecify.annotations.NullMarked;
