//! One keep-alive connection to one place, and one GET at a time over it.
//!
//! The connection is driven by whoever asks, not by a task of its own: nothing wakes between scrapes,
//! and dropping the client closes the connection.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, USER_AGENT};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::failure::ScrapeError;
use super::filter::{Families, Kept};

/// Bytes of an answer that are read; a server that sends more is failing.
pub(super) const LONGEST_ANSWER: usize = 16 << 20;
/// Bytes taken from the socket at once: an exposition of 60 KB comes in one or two reads.
const READ_BYTES: usize = 64 << 10;

type Connection = Pin<Box<dyn Future<Output = hyper::Result<()>>>>;

struct Open {
    sender: SendRequest<Empty<Bytes>>,
    /// `None`: it ended.
    connection: Option<Connection>,
}

/// Fetches one path from one address.
pub(super) struct Client {
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    uri: Uri,
    host: HeaderValue,
    open: Option<Open>,
}

impl Client {
    pub(super) fn new(address: SocketAddr, uri: Uri, tls: Option<Arc<ClientConfig>>) -> Self {
        let host = HeaderValue::try_from(address.to_string())
            .unwrap_or(HeaderValue::from_static("localhost"));
        Self {
            address,
            tls,
            uri,
            host,
            open: None,
        }
    }

    /// Fetches, keeps the wanted lines in `kept` and answers the HTTP status. Where the server closed
    /// the connection since the last scrape, a new one is made.
    pub(super) async fn get(
        &mut self,
        families: &Families,
        kept: &mut Kept,
    ) -> Result<u16, ScrapeError> {
        if let Some(mut open) = self.open.take() {
            match open.send(self.request()).await {
                Ok(response) => return self.read(open, response, families, kept).await,
                Err(error) if error.is_timeout() || error.is_parse() => return Err(error.into()),
                Err(_) => {}
            }
        }
        let mut open = self.connect().await?;
        let response = open.send(self.request()).await?;
        self.read(open, response, families, kept).await
    }

    fn request(&self) -> Request<Empty<Bytes>> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().insert(HOST, self.host.clone());
        request
            .headers_mut()
            .insert(USER_AGENT, HeaderValue::from_static("switchyard"));
        request
    }

    async fn read(
        &mut self,
        mut open: Open,
        response: http::Response<Incoming>,
        families: &Families,
        kept: &mut Kept,
    ) -> Result<u16, ScrapeError> {
        let too_large = ScrapeError::TooLarge {
            limit: LONGEST_ANSWER,
        };
        let status = response.status();
        if status.is_redirection() {
            return Err(ScrapeError::Redirect(status.as_u16()));
        }
        let mut body = response.into_body();
        if body.size_hint().lower() > LONGEST_ANSWER as u64 {
            return Err(too_large);
        }
        let mut seen = 0_usize;
        while let Some(frame) = open.alongside(body.frame()).await {
            if let Some(bytes) = frame?.data_ref() {
                seen += bytes.len();
                if seen > LONGEST_ANSWER {
                    return Err(too_large);
                }
                kept.push(families, bytes);
            }
        }
        if open.connection.is_some() {
            self.open = Some(open);
        }
        Ok(status.as_u16())
    }

    async fn connect(&self) -> Result<Open, ScrapeError> {
        let failed = |error| ScrapeError::Connect {
            address: self.address,
            error,
        };
        let stream = TcpStream::connect(self.address).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        match &self.tls {
            None => Open::over(stream).await,
            Some(config) => {
                let name = ServerName::from(self.address.ip());
                let connector = TlsConnector::from(config.clone());
                Open::over(connector.connect(name, stream).await.map_err(failed)?).await
            }
        }
    }
}

impl Open {
    async fn over(
        stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    ) -> Result<Self, ScrapeError> {
        let (sender, connection) = http1::Builder::new()
            .read_buf_exact_size(Some(READ_BYTES))
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Self {
            sender,
            connection: Some(Box::pin(connection)),
        })
    }

    async fn send(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> hyper::Result<http::Response<Incoming>> {
        let response = self.sender.send_request(request);
        alongside(&mut self.connection, response).await
    }

    async fn alongside<T>(&mut self, work: impl Future<Output = T>) -> T {
        alongside(&mut self.connection, work).await
    }
}

/// Waits for `work` and moves the connection's bytes meanwhile.
async fn alongside<T>(connection: &mut Option<Connection>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        if let Some(moving) = connection
            && moving.as_mut().poll(context).is_ready()
        {
            // Dropping it tells `work`, whose error says what happened.
            *connection = None;
        }
        work.as_mut().poll(context)
    })
    .await
}
