import woma_abort from "./python/woma_abort.py" with { type: "text" };
import woma_answers from "./python/woma_answers.py" with { type: "text" };
import woma_asyncio from "./python/woma_asyncio.py" with { type: "text" };
import woma_bodies from "./python/woma_bodies.py" with { type: "text" };
import woma_changes from "./python/woma_changes.py" with { type: "text" };
import woma_compile from "./python/woma_compile.py" with { type: "text" };
import woma_console from "./python/woma_console.py" with { type: "text" };
import woma_errno from "./python/woma_errno.py" with { type: "text" };
import woma_events from "./python/woma_events.py" with { type: "text" };
import woma_executors from "./python/woma_executors.py" with { type: "text" };
import woma_exit from "./python/woma_exit.py" with { type: "text" };
import woma_fetch from "./python/woma_fetch.py" with { type: "text" };
import woma_figures from "./python/woma_figures.py" with { type: "text" };
import woma_hashes from "./python/woma_hashes.py" with { type: "text" };
import woma_headers from "./python/woma_headers.py" with { type: "text" };
import woma_hints from "./python/woma_hints.py" with { type: "text" };
import woma_http from "./python/woma_http.py" with { type: "text" };
import woma_indexes from "./python/woma_indexes.py" with { type: "text" };
import woma_install from "./python/woma_install.py" with { type: "text" };
import woma_ipv6 from "./python/woma_ipv6.py" with { type: "text" };
import woma_javascript from "./python/woma_javascript.py" with { type: "text" };
import woma_kernel from "./python/woma_kernel.py" with { type: "text" };
import woma_libraries from "./python/woma_libraries.py" with { type: "text" };
import woma_main from "./python/woma_main.py" with { type: "text" };
import woma_micropip from "./python/woma_micropip.py" with { type: "text" };
import woma_neighbours from "./python/woma_neighbours.py" with { type: "text" };
import woma_objects from "./python/woma_objects.py" with { type: "text" };
import woma_os from "./python/woma_os.py" with { type: "text" };
import woma_packages from "./python/woma_packages.py" with { type: "text" };
import woma_pip from "./python/woma_pip.py" with { type: "text" };
import woma_prepare from "./python/woma_prepare.py" with { type: "text" };
import woma_prompt from "./python/woma_prompt.py" with { type: "text" };
import woma_pyfetch from "./python/woma_pyfetch.py" with { type: "text" };
import woma_pyodide_http from "./python/woma_pyodide_http.py" with { type: "text" };
import woma_refusals from "./python/woma_refusals.py" with { type: "text" };
import woma_resolve from "./python/woma_resolve.py" with { type: "text" };
import woma_responses from "./python/woma_responses.py" with { type: "text" };
import woma_settle from "./python/woma_settle.py" with { type: "text" };
import woma_signals from "./python/woma_signals.py" with { type: "text" };
import woma_sockets from "./python/woma_sockets.py" with { type: "text" };
import woma_solver from "./python/woma_solver.py" with { type: "text" };
import woma_ssl from "./python/woma_ssl.py" with { type: "text" };
import woma_ssl_authorities from "./python/woma_ssl_authorities.py" with { type: "text" };
import woma_ssl_broker from "./python/woma_ssl_broker.py" with { type: "text" };
import woma_ssl_certificates from "./python/woma_ssl_certificates.py" with { type: "text" };
import woma_ssl_channel from "./python/woma_ssl_channel.py" with { type: "text" };
import woma_ssl_ciphers from "./python/woma_ssl_ciphers.py" with { type: "text" };
import woma_ssl_connection from "./python/woma_ssl_connection.py" with { type: "text" };
import woma_ssl_constants from "./python/woma_ssl_constants.py" with { type: "text" };
import woma_ssl_context from "./python/woma_ssl_context.py" with { type: "text" };
import woma_ssl_der from "./python/woma_ssl_der.py" with { type: "text" };
import woma_ssl_errors from "./python/woma_ssl_errors.py" with { type: "text" };
import woma_ssl_functions from "./python/woma_ssl_functions.py" with { type: "text" };
import woma_ssl_keys from "./python/woma_ssl_keys.py" with { type: "text" };
import woma_ssl_memory from "./python/woma_ssl_memory.py" with { type: "text" };
import woma_ssl_object from "./python/woma_ssl_object.py" with { type: "text" };
import woma_ssl_objects from "./python/woma_ssl_objects.py" with { type: "text" };
import woma_ssl_servers from "./python/woma_ssl_servers.py" with { type: "text" };
import woma_ssl_session from "./python/woma_ssl_session.py" with { type: "text" };
import woma_ssl_socket from "./python/woma_ssl_socket.py" with { type: "text" };
import woma_ssl_strict from "./python/woma_ssl_strict.py" with { type: "text" };
import woma_ssl_versions from "./python/woma_ssl_versions.py" with { type: "text" };
import woma_ssl_wrapped from "./python/woma_ssl_wrapped.py" with { type: "text" };
import woma_streams from "./python/woma_streams.py" with { type: "text" };
import woma_wanted from "./python/woma_wanted.py" with { type: "text" };
import woma_without_sockets from "./python/woma_without_sockets.py" with { type: "text" };
import woma_xhr from "./python/woma_xhr.py" with { type: "text" };

/** What `woma_install.py` is given to make importable: every other file of `python/`, by module name. */
export const PYTHON_MODULES: Readonly<Record<string, string>> = {
  woma_abort,
  woma_answers,
  woma_asyncio,
  woma_bodies,
  woma_console,
  woma_errno,
  woma_events,
  woma_executors,
  woma_exit,
  woma_fetch,
  woma_hashes,
  woma_headers,
  woma_hints,
  woma_http,
  woma_ipv6,
  woma_javascript,
  woma_kernel,
  woma_libraries,
  woma_main,
  woma_micropip,
  woma_neighbours,
  woma_objects,
  woma_os,
  woma_changes,
  woma_compile,
  woma_figures,
  woma_indexes,
  woma_packages,
  woma_pip,
  woma_prepare,
  woma_prompt,
  woma_pyfetch,
  woma_pyodide_http,
  woma_refusals,
  woma_resolve,
  woma_responses,
  woma_settle,
  woma_signals,
  woma_sockets,
  woma_solver,
  woma_ssl,
  woma_ssl_authorities,
  woma_ssl_broker,
  woma_ssl_certificates,
  woma_ssl_channel,
  woma_ssl_ciphers,
  woma_ssl_connection,
  woma_ssl_constants,
  woma_ssl_context,
  woma_ssl_der,
  woma_ssl_errors,
  woma_ssl_functions,
  woma_ssl_keys,
  woma_ssl_memory,
  woma_ssl_object,
  woma_ssl_objects,
  woma_ssl_servers,
  woma_ssl_session,
  woma_ssl_socket,
  woma_ssl_strict,
  woma_ssl_versions,
  woma_ssl_wrapped,
  woma_streams,
  woma_wanted,
  woma_without_sockets,
  woma_xhr,
};

export const INSTALLER = woma_install;
