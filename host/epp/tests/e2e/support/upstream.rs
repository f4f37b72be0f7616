//! A model server that answers with the request as it got it, or with whatever else a test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::{Map, Value, json};

/// A request as it arrived.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Vec<u8>,
}

type Answer = dyn Fn(&Seen) -> (u16, String) + Send + Sync;

/// Serves until the process ends, one request a connection.
pub(crate) struct Upstream {
    pub(crate) port: u16,
}

impl Upstream {
    /// Answers `{"model": <the request's>, "seen": {"line", "headers", "body"}}`.
    pub(crate) fn echo() -> Self {
        Self::start(|seen| {
            let body = String::from_utf8_lossy(&seen.body);
            let asked: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
            let seen = json!({"line": seen.line, "headers": seen.headers, "body": body});
            (
                200,
                json!({"model": asked["model"], "seen": seen}).to_string(),
            )
        })
    }

    pub(crate) fn start(answer: impl Fn(&Seen) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer: Arc<Answer> = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answer = answer.clone();
                // A client that leaves ends its own connection only.
                std::thread::spawn(move || serve(stream, &*answer));
            }
        });
        Self { port }
    }
}

fn serve(stream: TcpStream, answer: &Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let seen = read(&mut reader)?;
    let (status, body) = match seen.line.as_str() {
        line if line.starts_with("GET /metrics") => (404, String::new()),
        _ => answer(&seen),
    };
    let head = format!(
        "HTTP/1.1 {status} E2E\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    reader
        .get_mut()
        .write_all(format!("{head}{body}").as_bytes())
}

fn read(reader: &mut BufReader<TcpStream>) -> std::io::Result<Seen> {
    let mut seen = Seen {
        line: line(reader)?,
        ..Seen::default()
    };
    while let Some((key, value)) = line(reader)?.split_once(": ") {
        seen.headers.insert(key.to_ascii_lowercase(), value.into());
    }
    if seen.headers.contains_key("transfer-encoding") {
        loop {
            let size = usize::from_str_radix(&line(reader)?, 16).map_err(std::io::Error::other)?;
            let from = seen.body.len();
            seen.body.resize(from + size, 0);
            reader.read_exact(&mut seen.body[from..])?;
            line(reader)?;
            if size == 0 {
                return Ok(seen);
            }
        }
    }
    let length = seen.headers.get("content-length").and_then(Value::as_str);
    seen.body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut seen.body)?;
    Ok(seen)
}

fn line(reader: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
