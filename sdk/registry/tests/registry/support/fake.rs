//! A registry that says what a test wants it to say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use switchyard_registry::{Digest, Reference};

/// A request, as far as tests look at it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Such as `GET`.
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    /// The header `Authorization`.
    pub(crate) authorization: Option<String>,
}

/// What is answered.
pub(crate) enum Answer {
    /// A status, headers in full lines, a body.
    Full(u16, Vec<String>, Vec<u8>),
    /// The beginning of a body that never ends, again and again, with a pause in between.
    Endless(Vec<u8>, Duration),
    /// The connection stays open, and nothing comes.
    Silence,
}

/// 200 with this body.
pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Answer {
    Answer::Full(200, Vec::new(), body.into())
}

/// A status with the words of a registry.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(r#"{{"errors": [{{"code": "{code}", "message": "{message}"}}]}}"#);
    Answer::Full(status, Vec::new(), body.into_bytes())
}

/// A running registry. It lives as long as the test's process.
pub(crate) struct Fake {
    address: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// One that answers so. `/v2/` is answered already, with nothing to prove.
    pub(crate) fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_closed(move |request| match request.path.as_str() {
            "/v2/" => ok("{}"),
            _ => answer(request),
        })
    }

    /// One that answers so, also who asks for the way in.
    pub(crate) fn start_closed(
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, record) = (Arc::new(answer), seen.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, record) = (answer.clone(), record.clone());
                std::thread::spawn(move || {
                    let Some(request) = read(&stream) else { return };
                    record.lock().unwrap().push(request.clone());
                    // The client may leave in the middle.
                    let _ = write(&stream, answer(&request));
                });
            }
        });
        Self { address, seen }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The plugin that tests ask for.
    pub(crate) fn plugin(&self) -> Reference {
        super::reference(&self.address, "fair:1")
    }

    /// The same by its digest.
    pub(crate) fn plugin_at(&self, digest: &Digest) -> Reference {
        self.plugin().at(digest)
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let (mut authorization, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match name.to_lowercase().as_str() {
            "authorization" => authorization = Some(value.to_owned()),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    Some(Request {
        method,
        path,
        authorization,
    })
}

fn write(mut stream: &TcpStream, answer: Answer) -> std::io::Result<()> {
    match answer {
        Answer::Full(status, headers, body) => {
            write!(stream, "HTTP/1.1 {status} x\r\nconnection: close\r\n")?;
            if !headers
                .iter()
                .any(|line| line.starts_with("content-length"))
            {
                write!(stream, "content-length: {}\r\n", body.len())?;
            }
            for header in headers {
                write!(stream, "{header}\r\n")?;
            }
            stream.write_all(b"\r\n")?;
            stream.write_all(&body)
        }
        Answer::Endless(part, pause) => {
            stream.write_all(b"HTTP/1.1 200 x\r\nconnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&part)?;
                std::thread::sleep(pause);
            }
        }
        Answer::Silence => {
            // Until the client gives up.
            std::io::copy(&mut &*stream, &mut std::io::sink()).map(drop)
        }
    }
}
