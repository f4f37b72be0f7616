//! A plain HTTP/1.1 client over a std socket: what it sees is what was on the wire.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use switchyard_sim::{Options, Server};

/// A server for the model `m`, with more options.
pub(crate) fn server(args: &[&str]) -> Server {
    use clap::Parser;
    let fixed = ["switchyard-sim", "--port", "0", "--model", "m"];
    let options = Options::try_parse_from(fixed.iter().chain(args)).unwrap();
    Server::start(options).unwrap()
}

/// An answer as it was on the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The data of each event of a stream, which must be framed exactly.
    pub(crate) fn events(&self) -> Vec<String> {
        let text = self.text();
        assert!(text.ends_with("\n\n"), "{text}");
        let event = |event: &str| {
            event
                .strip_prefix("data: ")
                .unwrap_or_else(|| panic!("{event}"))
                .to_owned()
        };
        text.trim_end_matches('\n')
            .split("\n\n")
            .map(event)
            .collect()
    }
}

/// A keep-alive connection.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) fn new(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn timeout(self, time: Duration) -> Self {
        self.0.get_ref().set_read_timeout(Some(time)).unwrap();
        self
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: sim\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        self.0
            .get_mut()
            .write_all(&[head.as_bytes(), body].concat())
            .unwrap();
    }

    pub(crate) fn receive(&mut self) -> io::Result<Answer> {
        let line = self.line()?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no status: {line}")))?;
        let mut answer = Answer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let line = self.line()?;
            let Some((key, value)) = line.split_once(": ") else {
                break;
            };
            answer.headers.push((key.to_owned(), value.to_owned()));
        }
        if answer.header("transfer-encoding").is_some() {
            while let size @ 1.. =
                usize::from_str_radix(&self.line()?, 16).map_err(io::Error::other)?
            {
                self.read(size, &mut answer.body)?;
                self.line()?;
            }
            self.line()?;
        } else if let Some(length) = answer.header("content-length").map(str::to_owned) {
            self.read(length.parse().unwrap(), &mut answer.body)?;
        }
        Ok(answer)
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, "", body.as_bytes());
        self.receive().unwrap()
    }

    /// One line; none left is an error.
    pub(crate) fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    fn read(&mut self, size: usize, body: &mut Vec<u8>) -> io::Result<()> {
        let from = body.len();
        body.resize(from + size, 0);
        self.0.read_exact(&mut body[from..])
    }
}

/// One request on a connection of its own.
pub(crate) fn ask(server: &Server, method: &str, path: &str, body: &str) -> Answer {
    Client::new(server.addr()).ask(method, path, body)
}

pub(crate) fn complete(server: &Server, body: &Value) -> Answer {
    ask(server, "POST", "/v1/completions", &body.to_string())
}

pub(crate) fn chat(server: &Server, body: &Value) -> Answer {
    ask(server, "POST", "/v1/chat/completions", &body.to_string())
}

/// The value of a series of `/metrics`, named with all of its labels or none.
pub(crate) fn metric(server: &Server, series: &str) -> f64 {
    let page = ask(server, "GET", "/metrics", "");
    let found = page.text().lines().find_map(|line| {
        let (name, value) = line.rsplit_once(' ')?;
        (name == series || name.split('{').next() == Some(series)).then(|| value.to_owned())
    });
    found
        .unwrap_or_else(|| panic!("no {series}"))
        .parse()
        .unwrap()
}

/// Waits until a series has a value.
pub(crate) fn await_metric(server: &Server, series: &str, value: f64) {
    for _ in 0..400 {
        if metric(server, series) == value {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("{series} is {} and not {value}", metric(server, series));
}
