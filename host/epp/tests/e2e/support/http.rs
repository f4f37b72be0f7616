//! A plain HTTP/1.1 client on a std socket: it sends what a well-behaved library would not, and can
//! leave whenever it likes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Nothing in these tests takes longer.
const LIMIT: Duration = Duration::from_secs(20);

/// An answer as it was on the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {} {}", self.status, self.text()))
    }

    /// The port of the simulated server that gave this answer.
    pub(crate) fn server_port(&self) -> u16 {
        let port = self.header("x-inference-port");
        port.unwrap_or_else(|| panic!("no server answered this: {self:?}"))
            .parse()
            .unwrap()
    }

    /// The message of an error in OpenAI's shape, which this must be.
    pub(crate) fn error(&self) -> String {
        let json = self.json();
        let error = &json["error"];
        for (field, expected) in [
            ("message", error["message"].is_string()),
            ("type", error["type"].is_string()),
            (
                "param",
                error["param"].is_null() || error["param"].is_string(),
            ),
            ("code", error["code"].is_u64() || error["code"].is_string()),
        ] {
            assert!(expected, "the error's {field} in {json}");
        }
        assert_eq!(self.header("content-type"), Some("application/json"));
        error["message"].as_str().unwrap_or_default().to_owned()
    }
}

/// A keep-alive connection.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"))
    }

    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// A whole request. `headers` are whole lines.
    pub(crate) fn send(&mut self, request: &str, headers: &str, body: &[u8]) -> io::Result<()> {
        let length = body.len();
        let head =
            format!("{request} HTTP/1.1\r\nhost: e2e\r\n{headers}content-length: {length}\r\n\r\n");
        self.write(&[head.as_bytes(), body].concat())
    }

    /// Status and headers.
    pub(crate) fn head(&mut self) -> io::Result<Answer> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut answer = Answer {
            status: status.ok_or_else(|| io::Error::other(format!("no status in {line:?}")))?,
            headers: Vec::new(),
            body: Vec::new(),
        };
        while let Some((key, value)) = self.line()?.split_once(": ") {
            answer
                .headers
                .push((key.to_ascii_lowercase(), value.to_owned()));
        }
        Ok(answer)
    }

    /// The next chunk; `None` is the end.
    pub(crate) fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let size = usize::from_str_radix(&self.line()?, 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; size];
        self.0.read_exact(&mut chunk)?;
        self.line()?;
        Ok((size > 0).then_some(chunk))
    }

    pub(crate) fn receive(&mut self) -> io::Result<Answer> {
        let mut answer = self.head()?;
        if answer.header("transfer-encoding").is_some() {
            while let Some(chunk) = self.chunk()? {
                answer.body.extend(chunk);
            }
        } else if let Some(length) = answer.header("content-length").map(str::to_owned) {
            answer.body = vec![0; length.parse().map_err(io::Error::other)?];
            self.0.read_exact(&mut answer.body)?;
        }
        Ok(answer)
    }

    pub(crate) fn ask(&mut self, request: &str, headers: &str, body: &[u8]) -> io::Result<Answer> {
        self.send(request, headers, body)?;
        self.receive()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

/// One request on a connection of its own.
pub(crate) fn ask(
    address: SocketAddr,
    request: &str,
    headers: &str,
    body: impl AsRef<[u8]>,
) -> Answer {
    let answer = Client::new(address).ask(request, headers, body.as_ref());
    answer.unwrap_or_else(|error| panic!("{request} at {address}: {error}"))
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    ask(address, &format!("GET {path}"), "", "")
}
