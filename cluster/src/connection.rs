//! A connection to a server of the cluster.

use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use fluvio_future::timer::sleep;
use fluvio_protocol::api::Request;
use fluvio_protocol::{Decoder, Encoder};
use fluvio_sc_schema::objects::{
    ListFilters, ListRequest, ListResponse, Metadata, ObjectApiListRequest,
};
use fluvio_sc_schema::{AdminSpec, TryEncodableFrom};
use fluvio_socket::{ClientConfig, MultiplexerSocket, VersionedSerialSocket};
use futures_util::future::{Either, select};

use crate::failure::Failure;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// A connection to a server of the cluster. It ends when it is dropped.
pub(crate) struct Connection {
    socket: VersionedSerialSocket,
}

impl Connection {
    /// Connects to the server that the configuration names.
    pub(crate) async fn open(config: ClientConfig) -> Result<Self, Failure> {
        let address = config.addr().to_owned();
        let connected = in_time(CONNECT, async { Ok(config.connect().await?) }).await;
        let (socket, config, versions) = connected
            .map_err(|failure| {
                Failure::Connection(format!("cannot connect to {address}: {failure}"))
            })?
            .split();
        let socket = MultiplexerSocket::shared(socket);
        Ok(Self {
            socket: VersionedSerialSocket::new(socket, config, versions),
        })
    }

    /// Whether the server has not hung up.
    pub(crate) fn is_open(&self) -> bool {
        !self.socket.is_stale()
    }

    /// Sends a request once, and waits for the answer for at most `patience`. After a failure the
    /// connection is of no use any more: the answer may still come.
    pub(crate) async fn ask<R>(
        &self,
        patience: Duration,
        request: R,
    ) -> Result<R::Response, Failure>
    where
        R: Request + Send + Sync,
    {
        let answer = async { Ok(self.socket.send_receive(request).await?) };
        in_time(patience, answer).await
    }

    /// Lists the objects of one kind whose name contains a text, of the cluster's controller.
    pub(crate) async fn list<S>(
        &self,
        patience: Duration,
        filter: impl Into<ListFilters>,
    ) -> Result<Vec<Metadata<S>>, Failure>
    where
        S: AdminSpec,
        S::Status: Encoder + Decoder + Debug,
    {
        let strange =
            |why: String| Failure::Connection(format!("cannot list {}s: {why}", S::LABEL));
        let version = self
            .socket
            .lookup_version::<ObjectApiListRequest>()
            .ok_or_else(|| strange("the cluster is too old or too new".into()))?;
        let request = ListRequest::<S>::new(filter, false);
        let request = ObjectApiListRequest::try_encode_from(request, version)
            .map_err(|e| strange(e.to_string()))?;
        let request = self.socket.new_request(request, Some(version));
        let answer = async { Ok(self.socket.send_and_receive(request).await?) };
        let list: Option<ListResponse<S>> = in_time(patience, answer)
            .await?
            .downcast()
            .map_err(|e| strange(e.to_string()))?;
        list.map(ListResponse::inner)
            .ok_or_else(|| strange("the answer is about something else".into()))
    }
}

/// What a future gives within a time.
async fn in_time<T>(
    patience: Duration,
    future: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match select(pin!(future), pin!(sleep(patience))).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => {
            let seconds = patience.as_secs();
            Err(Failure::Connection(format!("no answer for {seconds} s")))
        }
    }
}
