//! The few requests that the benches make of the servers they watch.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// A page of a server that is well is there at once.
const GET_LIMIT: Duration = Duration::from_secs(2);

/// The whole answer to a GET, or nothing if there is none.
pub(crate) fn get(port: u16, path: &str) -> Option<String> {
    ask(port, &format!("GET {path}"), &[], GET_LIMIT).ok()
}

/// The whole answer to a POST.
pub(crate) fn post(port: u16, path: &str, body: &[u8], limit: Duration) -> std::io::Result<String> {
    ask(port, &format!("POST {path}"), body, limit)
}

fn ask(port: u16, what: &str, body: &[u8], limit: Duration) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(limit))?;
    let length = body.len();
    let head = format!(
        "{what} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
