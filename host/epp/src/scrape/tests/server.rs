//! A model server that misbehaves on command. Plain threads, so that nothing of it is ours to test.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::PrivateKeyDer;

/// What a server does with a request.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Text(&'static str),
    TextThenClose(&'static str),
    /// After 40 ms.
    Slow(&'static str),
    Hang,
    /// Some bytes again and again, without end.
    Trickle,
    Garbage,
    Reset,
    /// Less than the head announced.
    Truncated,
    /// 100 MB, in chunks.
    Huge,
    /// 100 MB, said in the head.
    HugeAnnounced,
    Redirect,
}

pub(super) struct Server {
    listening: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
pub(super) struct State {
    answer: Mutex<Option<Answer>>,
    gone: AtomicBool,
    pub(super) accepted: AtomicUsize,
    pub(super) open: AtomicUsize,
    at_once: AtomicUsize,
    pub(super) most_at_once: AtomicUsize,
}

impl std::ops::Deref for Server {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl Server {
    pub(super) fn start(answer: Answer) -> Self {
        Self::serving(answer, None)
    }

    pub(super) fn start_tls(answer: Answer) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        Self::serving(answer, Some(Arc::new(config)))
    }

    fn serving(answer: Answer, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listening = listener.local_addr().unwrap();
        let state = Arc::new(State {
            answer: Mutex::new(Some(answer)),
            ..State::default()
        });
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.gone.load(Ordering::SeqCst) {
                    return;
                }
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                shared.open.fetch_add(1, Ordering::SeqCst);
                let (state, tls) = (shared.clone(), tls.clone());
                std::thread::spawn(move || {
                    match tls {
                        None => state.converse(stream),
                        Some(tls) => {
                            let connection = ServerConnection::new(tls).unwrap();
                            state.converse(StreamOwned::new(connection, stream));
                        }
                    }
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { listening, state }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.listening
    }

    pub(super) fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = Some(answer);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.gone.store(true, Ordering::SeqCst);
        // Wakes the acceptor, which then lets go of the port.
        let _ = TcpStream::connect(self.listening);
    }
}

impl State {
    fn converse(&self, mut stream: impl Read + Write) {
        let mut unread = Vec::new();
        while read_request(&mut stream, &mut unread) {
            let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_at_once.fetch_max(now, Ordering::SeqCst);
            let answer = self.answer.lock().unwrap().clone().unwrap();
            let goes_on = respond(&mut stream, &answer).is_ok_and(|goes_on| goes_on);
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            if !goes_on {
                return;
            }
        }
    }
}

fn read_request(stream: &mut impl Read, unread: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 1_024];
    loop {
        if let Some(end) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
            assert!(
                unread.starts_with(b"GET /metrics HTTP/1.1\r\n"),
                "{}",
                String::from_utf8_lossy(unread)
            );
            unread.drain(..end + 4);
            return true;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return false,
            Ok(read) => unread.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

/// Whether the connection goes on.
fn respond(stream: &mut (impl Read + Write), answer: &Answer) -> std::io::Result<bool> {
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
    match answer {
        Answer::Text(text) | Answer::TextThenClose(text) | Answer::Slow(text) => {
            if matches!(answer, Answer::Slow(_)) {
                std::thread::sleep(Duration::from_millis(40));
            }
            write!(stream, "{}{text}", head(text.len()))?;
            stream.flush()?;
            Ok(!matches!(answer, Answer::TextThenClose(_)))
        }
        // Until the client goes away.
        Answer::Hang => stream.read(&mut [0]).map(|_| false),
        Answer::Trickle => {
            write!(stream, "{}", head(1 << 20))?;
            loop {
                stream.write_all(b"waiting 3\n")?;
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Answer::Garbage => stream
            .write_all(b"\x16\x03\x01 hello\r\n\r\n")
            .map(|()| false),
        Answer::Reset => Ok(false),
        Answer::Truncated => writeln!(stream, "{}waiting 3", head(1_000)).map(|()| false),
        Answer::Huge => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
            let piece = vec![b'x'; 1 << 20];
            for _ in 0..100 {
                stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes())?;
                stream.write_all(&piece)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n").map(|()| true)
        }
        Answer::HugeAnnounced => {
            write!(stream, "{}", head(100_000_000))?;
            stream.write_all(&vec![b'x'; 100_000_000]).map(|()| true)
        }
        Answer::Redirect => stream
            .write_all(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")
            .map(|()| true),
    }
}
