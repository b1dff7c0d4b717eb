//! The figures over HTTP, for Prometheus.

use std::net::SocketAddr;
use std::str::FromStr;

use sessionize_pipeline::error::{Error, plain};
use tiny_http::{Header, Response, Server};

/// The text's form, as Prometheus names it.
const CONTENT_TYPE: &str =
    "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves what `figures` writes under `/metrics`, on a thread of its own, for as long as the
/// program runs. Returns the address, which has a port even if none was named.
///
/// # Errors
///
/// When the address can't be used.
pub fn serve(
    address: SocketAddr,
    figures: impl Fn() -> String + Send + 'static,
) -> Result<SocketAddr, Error> {
    let refused =
        |why: String| Error::failure(format!("cannot serve the metrics on {address}: {why}"));
    let server = Server::http(address).map_err(|e| {
        refused(match e.downcast_ref::<std::io::Error>() {
            Some(error) => plain(error),
            None => e.to_string(),
        })
    })?;
    let bound = server.server_addr().to_ip().unwrap_or(address);
    let thread = std::thread::Builder::new().name("metrics".into());
    thread
        .spawn(move || {
            for request in server.incoming_requests() {
                let (status, text) = match request.url() {
                    "/metrics" => (200, figures()),
                    _ => (404, String::from("the figures are under /metrics\n")),
                };
                let mut response = Response::from_string(text).with_status_code(status);
                if let (200, Ok(header)) = (status, Header::from_str(CONTENT_TYPE)) {
                    response.add_header(header);
                }
                // Whoever asked may have gone.
                let _ = request.respond(response);
            }
        })
        .map_err(|e| refused(e.to_string()))?;
    Ok(bound)
}
